### What admins read in their own chat with the bot.

admin-only = Only the hotel's admins can do this. Ask one of them, or ask them to make you an admin.
admin-anonymous = I can't see who writes in the name of the group. Switch “Remain anonymous” off for yourself, and write this again.
admin-in-private = Please write this to me in our own chat: it is about rules and guests, and not everyone here should read it.
admin-help =
    For admins:

    /triggers lists the automatic messages
    /trigger 3 shows one of them
    /trigger 3 edit, pause, resume, duplicate or delete changes it
    /trigger 3 edit cooldown=7d, once_per=guest, or ru: and a text, changes it at once
    /trigger 3 preview tells whom it fits now and what is planned
    /trigger 3 try tells who would have got it in the last 90 days
    /trigger 3 priority 5, up or down says who speaks first
    /trigger new makes one, step by step
    /trigger export gives them as a file, /trigger import takes one or a ready set
    /cancel leaves what is being made or changed
    /triggers pause stops all of them, /triggers resume starts these again

    /why Ivanova 3 explains why a guest got message 3, or did not

    /stay BK-1024 shows a stay
    /stay BK-1024 status=checked_in room=214 changes it
    /stay new BK-1025 name=Anna Petrova arrival=2026-11-20 departure=2026-11-23 adds one

    /hotel shows the time zone and the quiet hours, /hotel zone=Europe/Madrid quiet=23:00-7:00 changes them
    /questions shows what guests asked and I couldn't answer
    /answers shows what I answered by myself lately

    /staffchat, written in a group, sends alerts there

## Triggers

admin-list-empty = There are no automatic messages yet.
admin-list-title =
    { $pages ->
        [1] { $count ->
            [one] One automatic message
           *[other] { $count } automatic messages
        }
       *[other] { $count } automatic messages, page { $page } of { $pages }
    }
admin-list-line =
    { $number }. { $name }{ $active ->
        [yes] {""}
       *[no] {" "}(paused)
    }
    { $when }
    planned: { $planned } · in the last 7 days sent: { $fired }, not sent: { $skipped }
admin-list-how = /trigger and a number shows one of them.
admin-card =
    { $number }. { $name } ({ $active ->
        [yes] active
       *[no] paused
    })
    { $rule }
    Priority: { $priority } · at most once per { $once }{ $limits }
    Planned: { $planned }

    { $text }
admin-card-translation =
    { $language }:
    { $text }
admin-beside = Beside the message:
admin-action =
    { $kind ->
        [notify_staff] • tell staff ({ $severity ->
            [critical] urgent
            [warning] warning
           *[info] for information
        }): { $what }
        [open_request] • open a request ({ $department }): { $what }
        [add_tag] • tag the guest “{ $what }”
        [remove_tag] • take the tag “{ $what }” off the guest
        [offer_service] • offer the service “{ $what }”
       *[start_flow] • start the flow “{ $what }”
    }
admin-beside-nothing = Nothing else happens with the message yet.
admin-action-kind =
    { $kind ->
        [notify_staff] Tell staff
        [open_request] Open a request
        [add_tag] Tag the guest
        [remove_tag] Take a tag off
        [offer_service] Offer a service
       *[start_flow] Start a flow
    }
admin-rule =
    When: { $when }
    Conditions: { $whether }
admin-trigger-gone = There is no such trigger, or not any more.
admin-trigger-usage = Write /trigger 3 to see trigger 3; /trigger 3 pause, resume, edit, preview, try, duplicate, up, down, priority 5 or delete to do that with it; /trigger new to make one.
admin-trigger-already =
    { $active ->
        [yes] It is running already.
       *[no] It is paused already.
    }
admin-trigger-done =
    { $done ->
        [created] “{ $name }” is saved and running.
        [resumed] “{ $name }” is running again.
        [paused] “{ $name }” is paused.
        [changed] “{ $name }” is changed.
        [duplicated] This is a copy of “{ $name }”. It is paused: change what shall be different, then resume it.
       *[deleted] “{ $name }” is deleted. What it did stays on record.
    }
admin-translations-old = The text in other languages ({ $languages }) stayed as it was.
admin-name-asked-for = ⚠ These triggers ask who has received “{ $old }”, and know nobody who has any more: { $names }. Change the name there, too.
admin-all-done =
    { $done ->
        [paused] { $count ->
            [one] One trigger is paused. Nothing goes by itself now.
           *[other] { $count } triggers are paused. Nothing goes by itself now.
        }
       *[resumed] { $count ->
            [one] One trigger is running again.
           *[other] { $count } triggers are running again.
        }
    }
admin-all-paused-already = No trigger is running.
admin-all-none-to-resume = No trigger waits to be resumed: /triggers resume starts what /triggers pause has stopped.
admin-priority-done = Priority { $priority }: of { $count } triggers this one speaks in place { $place }. Those with the same priority go by time.
admin-priority-same = The priority stays at { $priority }.
admin-priority-usage = Write a whole number from { $least } to { $most }: /trigger 3 priority 5. The higher one speaks first.
admin-preview-title = { $number }. { $name }: what it is about to do
admin-preview-matches =
    { $count ->
        [0] Its conditions fit none of the { $stays } present and coming stays now.
        [one] Its conditions fit one of the { $stays } present and coming stays now:
       *[other] Its conditions fit { $count } of the { $stays } present and coming stays now:
    }
admin-preview-message = Its conditions ask about what a guest writes, so nobody fits before that.
admin-preview-match =
    { $held ->
        [yes] • { $guest }, { $booking }, but would not get it. { $reason }
       *[no] • { $guest }, { $booking }
    }
admin-preview-planned =
    { $count ->
        [0] Nothing is planned for the next { $days } days.
        [one] One message is planned for the next { $days } days:
       *[other] { $count } messages are planned for the next { $days } days:
    }
admin-preview-line = • { $time }: { $guest }, { $booking }
admin-try-title = { $number }. { $name }: what it would have done in the last { $days } days
admin-try-sent =
    { $count ->
        [0] Nobody would have got it.
        [one] It would have been sent once.
       *[other] It would have been sent { $count } times.
    }
admin-try-by-channel = • { admin-channel }: { $count }
admin-try-held = Not sent: { $count }
admin-try-because = • { $count }: { $reason }
admin-try-beside = Beside the message:
admin-try-estimates =
    { $count ->
        [one] One of these is an estimate: not everything was kept at that time.
       *[other] { $count } of these are estimates: not everything was kept at that time.
    }
admin-try-line =
    { $went ->
        [yes] • { $time }: { $guest }, { $booking }, { $channel }
       *[no] • { $time }: { $guest }, { $booking }, not sent. { $reason }
    }
admin-try-estimate = (estimate)
admin-try-not-kept = This can't be tried: what happened “{ $event }” is not kept, so the past can't be played again.
admin-channel =
    { $channel ->
        [telegram] Telegram
        [whatsapp_green] WhatsApp
       *[other] { $channel }
    }
admin-diff = In the plan: { $added } added, { $moved } moved, { $cancelled } cancelled.
admin-diff-line =
    { $done ->
        [added] + { $time }: { $guest }, { $booking }
        [moved] → { $time }: { $guest }, { $booking }
       *[cancelled] − { $time }: { $guest }, { $booking }
    }
admin-diff-none = The plan stays as it was.
admin-delete-ask =
    Delete “{ $name }”? { $planned ->
        [0] Nothing is planned by it.
        [one] One planned message will be cancelled.
       *[other] { $planned } planned messages will be cancelled.
    }

admin-button-new = New trigger
admin-button-list = All triggers
admin-button-do =
    { $action ->
        [edit] Change
        [pause] Pause
        [resume] Resume
        [preview] Preview
        [try] Try on the past
        [up] Speak earlier
        [down] Speak later
        [duplicate] Duplicate
       *[delete] Delete…
    }
admin-button-pause-all = Pause all
admin-button-resume-all = Resume all
admin-button-show = The trigger
admin-button-surely = Yes, delete
admin-button-keep = No, keep it
admin-button-back = ‹ Back
admin-button-ahead = More ›
admin-button-cancel = Cancel
admin-button-save = Save
admin-button-enough = Done
admin-button-usual = As usual
admin-button-without = Without
admin-button-other-condition = Another condition
admin-button-other-action = Another action
admin-button-no-more-actions = No more actions
admin-button-no-actions = Remove all
admin-button-change =
    { $part ->
        [when] Change when
        [whether] Change conditions
        [text] Change the text
        [action] Change the actions
        [limits] Limits
        [languages] Other languages
       *[name] Change the name
    }

## When

admin-span =
    { $unit ->
        [minutes] { $count ->
            [one] { $count } minute
           *[other] { $count } minutes
        }
        [hours] { $count ->
            [one] { $count } hour
           *[other] { $count } hours
        }
       *[days] { $count ->
            [one] { $count } day
           *[other] { $count } days
        }
    }
admin-when-after =
    { $anchor ->
        [checkin] { $span } after check-in
        [checkout] { $span } after check-out
       *[booking] { $span } after booking
    }
admin-when-before =
    { $anchor ->
        [checkin] { $span } before check-in
        [checkout] { $span } before check-out
       *[booking] { $span } before booking
    }
admin-when-at-once =
    { $unit ->
        [days] { $anchor ->
            [checkin] on the day of check-in
            [checkout] on the day of check-out
           *[booking] on the day of booking
        }
       *[hours] { $anchor ->
            [checkin] right at check-in
            [checkout] right at check-out
           *[booking] right after booking
        }
    }
admin-when-at = { $when }, at { $time }
admin-when-cron = on schedule { $line }, to everyone in house
admin-when-once = once, on { $day } at { $time }, to everyone in house
admin-when-change = as soon as the conditions become true
admin-when-event =
    { $event ->
        [message_received] when a guest writes
        [negative_sentiment] when a guest is unhappy
        [requires_attention] when a guest needs attention at once
        [booking_created] when a booking is made
        [booking_confirmed] when a booking is confirmed
        [booking_cancelled] when a booking is cancelled
        [checked_in] when a guest has checked in
        [checked_out] when a guest has checked out
        [no_show] when a guest has not come
        [room_changed] when the room changes
        [room_ready] when the room is ready
        [request_done] when a request is done
        [feedback_given] when a guest has given feedback
        [no_reply_for] when nobody has replied for { $span }
       *[other] when “{ $name }” happens
    }

## Whether

admin-whether-always = none
admin-group =
    { $mode ->
        [any] at least one of ({ $parts })
       *[none] none of ({ $parts })
    }
admin-test =
    { $operator ->
        [ne] { $field }: not { $wanted }
        [gt] { $field }: more than { $wanted }
        [gte] { $field }: at least { $wanted }
        [lt] { $field }: less than { $wanted }
        [lte] { $field }: at most { $wanted }
        [not_in] { $field }: none of { $wanted }
        [contains] { $field }: contains { $wanted }
       *[eq] { $field }: { $wanted }
    }
admin-test-known =
    { $known ->
        [yes] { $field }: known
       *[no] { $field }: not known
    }
admin-field =
    { $field ->
        [room_type] room type
        [room_number] room
        [booking_status] booking
        [source] source of the booking
        [nights] nights
        [adults] adults
        [children] children
        [amount] amount
        [days_to_checkin] days to check-in
        [days_to_checkout] days to check-out
        [guest_language] guest's language
        [guest_tags] guest's tags
        [guest_stays_count] guest's stays
        [guest_channel] channel
        [message_text] message
        [message_intent] intent of the message
        [message_sentiment_score] mood score
        [message_sentiment_type] mood
        [received] has received
        [not_received] has not received
        [weekday] day of the week
        [season] season
       *[other] { $name }
    }
admin-preference = preference “{ $name }”
admin-value-unknown = not known
admin-booking-status =
    { $status ->
        [pending] pending
        [confirmed] confirmed
        [checked_in] checked in
        [checked_out] checked out
        [cancelled] cancelled
       *[no_show] no-show
    }

## What is wrong with a trigger

admin-problem =
    { $problem ->
        [unknown_name] I don't know “{ $path }”.
        [unknown_variable] There is a name in the text that I don't know.
        [unknown_value] “{ $path }” can't have this value.
        [wrong_type] “{ $path }” can't have a value of this kind.
        [not_a_number] “{ $path }” must be a number.
        [not_whole] “{ $path }” must be a whole number.
        [out_of_range] The value of “{ $path }” is out of range.
        [empty] “{ $path }” is empty.
        [missing] “{ $path }” is missing.
        [misplaced] “{ $path }” doesn't belong here.
        [too_much] “{ $path }” is too long or too much.
        [contradiction] “{ $path }” contradicts another condition: no stay can ever meet both.
        [bad_schedule] “{ $path }” is not a time I can read.
        [unreadable] I can't read “{ $path }”.
        [repeated] “{ $path }”: this name is there already.
        [bad_example] “{ $path }”: this example doesn't come out as it says.
        [unknown_here] “{ $path }” asks for what nobody and nothing in this hotel has, so it could never go.
        [impossible_then] “{ $path }” can't be so at the moment when this trigger looks: it could never go.
        [too_late] “{ $path }”: it could never go. At that moment, or when the quiet hours after it end, it is no longer useful.
       *[bad_template] I can't read what stands in curly brackets in “{ $path }”. It goes like this: {"{{"} guest.name {"}}"}
    }
admin-problem-text = message text
admin-problem-nearest = Did you mean “{ $nearest }”?
admin-problem-detail = ({ $detail })

## What to know of a trigger that is saved all the same

trigger-caution =
    { $concern ->
        [overlap] ⚠ At the same moment the same guest may also get: { $names }.
        [shadowed] ⚠ It may never go: a guest gets at most { $budget } automatic messages a day, and these go before it on that day: { $names }.
        [shadowing] ⚠ It may keep others from ever going, since a guest gets at most { $budget } automatic messages a day: { $names }.
        [muted] ⚠ It can't go: this hotel allows no automatic messages a day.
       *[unknown] ⚠ “{ $path }” names “{ $value }”, which nobody and nothing in this hotel has so far.
    }

## Making a trigger

admin-new-when =
    When shall the message go? Choose, or write something like “2h after checkin”, “1 day before checkout at 18:00” or cron=0 9 * * *.
    /cancel leaves this at any time.
admin-new-moment =
    { $moment ->
        [after_checkin] After check-in
        [before_checkin] Before check-in
        [before_checkout] Before check-out
        [after_checkout] After check-out
        [after_booking] After booking
        [negative_sentiment] When a guest is unhappy
       *[change] When a stay changes
    }
admin-new-amount = { $moment }: how long? Choose, or write something like “90 min”, “3 hours” or “2 days at 10:00”.
admin-new-at-once = At once
admin-new-whether =
    { $rule }

    Who gets it? Choose a condition, or write one: room_type=suite, nights>=3, language=ru|en. Anything else goes as JSON.
admin-new-no-more =
    { $any ->
        [yes] No more conditions
       *[no] Everyone
    }
admin-new-value = Which value: { $field }? Choose or write; several are joined by commas.
admin-new-text =
    What shall the message say? Write it as the guest should read it. You can put in, in double curly brackets: { $variables }.
    For example: Welcome, {"{{"} guest.name {"}}"}!
admin-new-action =
    { $actions }

    What else shall happen? Choose, or write, each in a line of its own: “tell staff urgent: …”, “request housekeeping: …”, “tag vip”, “untag vip”, “offer spa”, “flow feedback”.
admin-new-detail =
    { $kind ->
        [notify_staff] What shall staff read? You can put in the same as in the text: { $variables }. “urgent:” or “warning:” before it says how urgent it is.
        [open_request] What is to be done? You can put in the same as in the text: { $variables }. “housekeeping:”, “maintenance:” or “restaurant:” before it says whose it is.
        [add_tag] Which tag shall the guest get?
        [remove_tag] Which tag shall be taken off?
        [offer_service] Which service shall be offered?
       *[start_flow] Which flow shall begin?
    }
admin-new-name =
    { $guest } would read:

    { $preview }

    What shall we call this trigger?
admin-new-confirm =
    “{ $name }”
    { $rule }

    { $preview }

    { $changes ->
        [no] Save it? It starts at once.
       *[yes] Save this as trigger { $number }?
    }
admin-limit = { admin-limit-name }: { $value }
admin-limit-name =
    { $limit ->
        [once_per] How often
        [cooldown] Rest between two
        [useful_for] Useful for
        [catch_up] Stays known too late
        [channels] Channels
       *[purpose] Purpose
    }
admin-limit-value =
    { $value ->
        [stay] once per stay
        [guest] once per guest
        [room] once per room
        [day] once per day
        [send] get it still
        [skip] get nothing
        [service] service
        [promotional] promotion, only with consent
       *[usual] as usual
    }
admin-new-limits =
    { $limits }

    What shall be different? Choose, or write: once_per=guest, cooldown=7d, useful_for=3h, catch_up=skip, channels=telegram|whatsapp, purpose=promotional.
admin-new-limit = { admin-limit-name }: { $now }. What shall it be? Choose or write.
admin-new-languages =
    { $count ->
        [0] There is no text in other languages yet.
       *[other] There is a text in other languages, too: { $languages }.
    } In which language shall I take one? Choose, or write its code, as in de.
admin-new-translation =
    { $known ->
        [yes] In this language ({ $language }) it says:

        { $text }

        Write what it shall say.
       *[no] Write the text in this language ({ $language }) as the guest should read it.
    }
admin-new-translated = Also in: { $languages }
admin-new-go-on = You have one begun. /cancel forgets it.
admin-new-nothing = Nothing is being made at the moment.
admin-new-unclear =
    { $question ->
        [when] I can't read “{ $phrase }” as a time. Try “2h after checkin” or “1 day before checkin at 18:00”.
        [action] I can't read “{ $phrase }” as an action. Try “tell staff: …”, “tag vip” or “request housekeeping: …”.
        [amount] I can't read “{ $phrase }” as a length of time. Try “90 min”, “2h” or “3 days at 10:00”.
        [limits] I can't read “{ $phrase }” as a limit. Try once_per=guest or cooldown=7d.
       *[whether] I can't read “{ $phrase }” as a condition. Try room_type=suite or nights>=3.
    }
admin-short-unclear =
    I can't read “{ $phrase }”. In one line it goes: name: when and conditions: text. For example:
    /trigger new welcome: 2h after checkin, room_type=suite: Welcome, {"{{"} guest.name {"}}"}!
    What else shall happen goes below it, each in a line of its own: + tag welcomed
admin-edit-unclear =
    I can't read “{ $phrase }”. In one line it goes: /trigger 3 edit once_per=guest, cooldown=7d, or a text by its language: /trigger 3 edit ru: Добро пожаловать!
admin-short-rejected = Not saved. { $problem }
admin-name-taken = There is a trigger called “{ $name }” already. Choose another name.
admin-cancelled = Forgotten. Nothing was saved.
admin-nothing-to-cancel = There is nothing to cancel.

## Triggers as files

admin-export =
    { $count ->
        [one] One trigger
       *[other] All { $count } triggers
    } of this hotel. Change the file and send it back: you will see what would change before anything is written.
admin-import-how =
    Send me a file of triggers (.yaml or .json, as /trigger export gives it): I show what would change, and write nothing before you agree. With “replace” below the file, triggers that are not in it are deleted.
    /trigger import and a name brings a ready set. There is: { $packs }
admin-import-unfetched = I could not get this file: it has more than { $kilobytes } KB, or it can't be fetched just now. Please send it again.
admin-import-refused =
    Nothing was written. { $count ->
        [one] One thing is wrong with the file:
       *[other] { $count } things are wrong with the file:
    }
admin-import-more = … and { $count } more.
admin-import-same = Everything is as the file says already: there is nothing to write.
admin-import-title = This would change:
admin-import-line =
    { $deed ->
        [added] + “{ $name }”: new
        [deleted] − “{ $name }”: deleted
       *[changed] ~ “{ $name }”: changed ({ $fields })
    }
admin-import-outlook =
    { $matches ->
        [none] Planned for the next 7 days: { $planned }.
       *[other] Fits { $matches } stays now; planned for the next 7 days: { $planned }.
    }
admin-import-unchanged =
    { $count ->
        [one] One is in the file and stays as it is.
       *[other] { $count } are in the file and stay as they are.
    }
admin-import-left =
    { $count ->
        [one] Not in the file, stays as it is: { $names }.
       *[other] Not in the file, stay as they are: { $names }.
    }
admin-import-ask = Nothing is written yet. Write it?
admin-import-written = Written: { $added } new, { $changed } changed, { $deleted } deleted.
admin-import-nothing = There is nothing to write any more. Send the file again.
admin-import-left-alone = Left as it was. Nothing was written.
admin-button-write = Write
admin-button-leave = Leave as it is

## Why

admin-why-usage = Write /why, the guest and the number of a trigger: /why Ivanova 3. The guest can be a part of the name, a phone or a booking number.
admin-guest-not-found = I don't know a guest “{ $words }”. Try a part of the name, a phone like +49…, or the booking number.
admin-guests-several = Which one?
admin-guests-too-many = Too many guests are called “{ $words }”. Write more of the name, or the booking number.
admin-guest-nameless = Guest without a name
admin-why-title = { $guest } and trigger { $number } “{ $trigger }”:
admin-why-paused = The trigger is paused at the moment.
admin-why-decided =
    { $status ->
        [fired] Sent: { $time }. { $reason }
        [postponed] Put off until { $time }. { $reason }
        [cancelled] Cancelled: { $time }. { $reason }
        [expired] Not sent: { $time }. { $reason }
        [failed] Failed: { $time }. { $reason }
       *[skipped] Not sent: { $time }. { $reason }
    }
admin-why-planned = Planned for { $time }.
admin-why-cancelled = It was planned, and cancelled: { $time }. { $reason }
admin-why-never = It was never planned for this guest, so there is no decision on record.
admin-why-now =
    { $status ->
        [scheduled] If it were due now, it would go.
        [postponed] If it were due now, it would wait. { $reason }
       *[other] If it were due now, it would not go. { $reason }
    }
admin-why-done = Done beside the message:
admin-why-would-do = Beside the message would be done:
admin-why-unconditional = It has no conditions beside its time.
admin-why-condition = { $mark } { $wanted } (found: { $actual })
admin-why-within =
    { $mode ->
        [any] (one of several is enough)
       *[none] (must not be so)
    }
admin-reason =
    { $reason ->
        [fired] All conditions were met.
        [conditions_not_met] The conditions were not met.
        [trigger_inactive] The trigger was paused or deleted.
        [stay_over] The stay is over: it was cancelled, or the guest did not come or has left.
        [handed_on] The stay was handed on to another guest.
        [other_state] The stay is not in the state that the message is about, or not any more.
        [already_fired] The guest had got it already.
        [quiet_hours] It was night: the hotel's quiet hours.
        [no_longer_useful] It was too late to be useful.
        [opted_out] The guest does not want automatic messages.
        [unreachable] There is no chat in which the guest can be written to.
        [attention_budget] The guest had got as many automatic messages as the hotel allows in a day.
        [cooldown] The trigger had spoken to the guest too lately to speak again.
        [came_late] The stay became known only after the moment, and this trigger sends nothing late.
        [replied] A person had taken care of the guest by then.
        [bad_template] The text could not be filled in for this guest.
        [held_before] The conditions held already when the trigger was made, so nothing became true.
        [no_consent] The guest has not agreed to get offers.
        [unreadable] The trigger itself can't be read any more: delete it and make it anew.
        [error] Something went wrong on our side; the operator sees it in the log.
        [plan_changed] The stay or the trigger was changed.
       *[other] { $reason }
    }

## Stays by hand

admin-stay-usage =
    /stay BK-1024 shows a stay, /stay BK-1024 status=checked_in room=214 changes it.
    /stay new BK-1025 name=Anna Petrova phone=+4915112345678 arrival=2026-11-20 departure=2026-11-23 room=305 type=suite adds one.
    Further fields: status, adults, children, language.
admin-stay-card =
    { $number } ({ $source }) · { $status }
    Guest: { $guest }
    Room: { $room } · type: { $type }
    Arrival: { $arrival }
    Departure: { $departure }
admin-stay-planned = • { $time }: { $trigger }
admin-stay-planned-more =
    { $count ->
        [one] … and one more message
       *[other] … and { $count } more messages
    }
admin-stay-nothing-planned = No messages are planned.
admin-stay-done =
    { $done ->
        [added] Stay { $number } is added.
       *[changed] Stay { $number } is changed.
    }
admin-stay-exists = There is a stay { $number } already. To change it: /stay { $number } and the fields, without “new”.
admin-stay-not-found = There is no stay { $number }. To add it: /stay new { $number } name=… arrival=… departure=…
admin-stay-several = There are several stays { $number }, from: { $sources }. Add source=… to say which one.
admin-stay-phone-taken = The phone { $phone } belongs to another guest, so it was not put down here.
admin-stay-another-guests = The phone { $phone } belongs to another guest, who is called otherwise. The guest of this stay was left as before.
admin-stay-not-this-guests = The phone { $phone } belongs to another guest, who is called otherwise, so nothing was added: correct the name or the phone.
admin-stay-handed-on = Name and phone are both new, so the stay was handed on to another guest. To correct the same guest, change one at a time.
admin-stay-field-name =
    { $field ->
       *[other] { $field }
    }
admin-stay-field =
    { $problem ->
        [unknown] I don't know the field “{ $field }”.
        [empty] The field “{ $field }” has no value: write { $field }=…
        [long] The field “{ $field }” takes at most { $value } characters.
        [date] I can't read “{ $value }” in the field “{ $field }” as a date. Write 2026-11-20, 20.11.2026, either with a time like 15:00, or today.
        [status] There is no status “{ $value }”. There are pending, confirmed, checked_in, checked_out, cancelled and no_show.
        [people] “{ $value }” in the field “{ $field }” is not a number from 0 to 99.
        [phone] “{ $value }” is not a phone number. Write it with + and the country: +4915112345678.
        [language] “{ $value }” is not a language. Write a short name like ru or en.
        [missing] A new stay needs the field “{ $field }”: add { $field }=…
       *[order] The departure has to be after the arrival: correct “{ $field }”.
    }

## The hotel's clock and its nights

admin-hotel-card =
    { $hotel }
    Time zone: { $zone } (it is { $now } there now)
    Quiet hours: { $quiet }
admin-hotel-never-quiet = none, messages go at any hour
admin-hotel-how =
    In the quiet hours nothing goes to guests by itself, only answers to what they write.
    To change: /hotel zone=Europe/Madrid quiet=23:00-7:00, either or both; quiet=off for none. You will see what it does to the plan before anything is written.
admin-hotel-same = That is so already.
admin-hotel-zone-change = Time zone: { $old } → { $new }
admin-hotel-quiet-change = Quiet hours: { $old } → { $new }
admin-hotel-coming = Then these go next:
admin-hotel-coming-line = • { $time }: { $trigger }, { $guest }, { $booking }
admin-hotel-stays-stay = Arrivals and departures stay the moments that they are: what reads { $old } now will read { $new }. If they were meant by the new clock, import them again.
admin-hotel-done = Written.
admin-hotel-nothing = There is nothing to write any more. Write /hotel and what shall change.
admin-hotel-field =
    { $problem ->
        [zone] I don't know a time zone “{ $value }”. Write a name like Europe/Madrid.
        [quiet] I can't read “{ $value }” as quiet hours. Write them like 22:00-8:00, or off.
        [empty] What is missing is the value: zone=Europe/Madrid or quiet=22:00-8:00.
       *[unknown] I don't know “{ $field }”. There are zone=Europe/Madrid and quiet=22:00-8:00.
    }

## Unanswered questions

admin-questions-none = Nothing is open: guests asked nothing that I couldn't answer.
admin-questions-title =
    { $count ->
        [one] One thing that guests asked and I couldn't answer
       *[other] { $count } things that guests asked and I couldn't answer
    }
admin-questions-line =
    { $number }. { $guests ->
        [one] One guest asked
       *[other] { $guests } guests asked
    } ({ $language }):
    “{ $question }”
admin-questions-gone = This question is not open any more. /questions shows those that are.
admin-button-answer = { $number }. Make an answer
admin-button-dismiss = { $number }. Dismiss
admin-button-reword = Put the question differently
admin-answer-ask =
    The question ({ $language }): “{ $question }”
    Write what guests who ask this shall get, in the same language.
admin-answer-preview =
    The question ({ $language }): “{ $question }”
    The answer: { $answer }

    Save it, or write the answer anew.
admin-answer-wordings = Guests who ask like this get it, too:
admin-answer-reword = Write “{ $question }” as guests shall read it.
admin-answer-length = That must have at least one character and at most { $most }.
admin-answer-saved = Written down. From now on guests who ask “{ $question }” get this answer; those who asked before are not written to.
admin-answer-before = Guests who ask “{ $question }” get an answer already. Yours was not written down.
admin-answer-left = All right, nothing was written down. The question stays in /questions.
admin-answer-nothing = No answer is being written. /questions shows what guests asked.

## The staff chat

admin-staff-chat-set = Done: alerts come here from now on.
admin-staff-chat-already = Alerts come here already.
admin-staff-chat-group = Write /staffchat in the group where alerts should come. Add me to the group first.
admin-staff-chat-telegram = Alerts go to a Telegram group. Add me to one and write /staffchat there.
