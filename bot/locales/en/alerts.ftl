### What the hotel's people read in their chat, in the hotel's language.

alert-title-attention = 🔴 Needs attention
alert-title-negative = 🟠 Unhappy guest
alert-title-person = 🙋 Asks for a person
alert-title-unanswered = ❔ I couldn't answer
alert-title-media = 📎 Sent something to look at
alert-title-link-tries = 🔑 Couldn't link a stay
alert-title-not-delivered = ⚠ Message not delivered
alert-title-quarantined = ⚠ A message could not be handled
alert-title-account = ⚠ Channel trouble

alert-room = room { $room }
alert-words = Because of: { $words }
alert-acknowledge = I'm on it
alert-repeat = (Repeated: I can't tell whether the first one arrived.)
alert-no-way = There is no staff chat and no admin in Telegram. An admin can write /staffchat in the staff group.
alert-not-delivered =
    { $state ->
        [in_doubt] It is unknown whether the guest got this:
       *[other] The guest did not get this:
    }
    “{ $text }”
    ({ $reason })
alert-quarantined = Event { $event } of this chat failed { $attempts } times and was set aside. The operator can look at it and replay it.
alert-account = The account { $address } is { $state }. Messages wait until it works again.
