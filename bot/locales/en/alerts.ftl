### What the hotel's people read in their chat, in the hotel's language.

alert-title-attention = 🔴 Needs attention
alert-title-negative = 🟠 Unhappy guest
alert-title-person = 🙋 Asks for a person
alert-title-unanswered = ❔ I couldn't answer
alert-title-more = 💬 Wrote more
alert-title-media = 📎 Sent something to look at
alert-title-link-tries = 🔑 Couldn't link a stay
alert-title-not-delivered = ⚠ Message not delivered
alert-title-quarantined = ⚠ A message could not be handled
alert-title-account = ⚠ Channel trouble
alert-title-trigger = ⚠ A trigger fails
alert-title-notice = 🔔 For your information
alert-title-notice-warning = 🟠 Please look at this
alert-title-notice-critical = 🔴 Urgent
alert-title-request = 🛎 Request
alert-title-offer = 💡 To offer to the guest
alert-title-flow = ▶ To begin with the guest

alert-room = room { $room }
alert-words = Because of: { $words }
alert-confidence = ({ $percent } % sure)
alert-other-rooms = Names another room: { $rooms }
alert-contact = Answer by hand: { $contact }
alert-acknowledge = I'm on it
alert-hand-back = Done: let the bot answer
alert-correct = ✎ Put right
alert-translate = Translate
alert-summarise = Sum up
alert-repeat = (Repeated: I can't tell whether the first one arrived.)
alert-no-way = There is no staff chat and no admin in Telegram. An admin can write /staffchat in the staff group.
alert-not-delivered =
    { $state ->
        [in_doubt] It is unknown whether the guest got this:
       *[other] The guest did not get this:
    }
    “{ $text }”
    ({ $reason })
alert-quarantined =
    Event { $event } of this chat failed { $attempts ->
        [one] once
       *[other] { $attempts } times
    } and was set aside. The operator can look at it and replay it.
alert-account = The account { $address } is { $state }. Messages wait until it works again.
alert-trigger-failed =
    Trigger { $number }, “{ $name }”, { $reason ->
        [bad_template] could not make its text for a guest. Look through its text with /trigger { $number } and mend it.
        [unreadable] has conditions that can't be read any more. Delete it and make it anew.
       *[other] could not write to a guest. The log says why; tell the operator.
    }
alert-action =
    { $kind ->
        [open_request] { $department }: { $words }
        [offer_service] Offer the guest: { $words }
        [start_flow] Begin with the guest: { $words }
       *[notify_staff] { $words }
    }
    (Trigger { $number }, “{ $name }”)
alert-department =
    { $department ->
        [housekeeping] Housekeeping
        [maintenance] Maintenance
        [restaurant] Restaurant
       *[reception] Reception
    }
alert-action-wordless = The words for this guest could not be made. /trigger { $number } shows what they should have been.
alert-no-words =
    { $kind ->
        [image] (a picture)
        [video] (a video)
        [audio] (a recording)
        [voice] (a voice message)
        [document] (a document)
        [sticker] (a sticker)
        [location] (a place on the map)
        [contact] (a contact)
       *[other] (something without words; please look in the chat)
    }
