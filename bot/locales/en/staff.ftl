### What the hotel's own people read when they press or ask.

staff-taken = Thank you, it's yours.
staff-taken-before = { $name } took this at { $time }.
staff-handed-back = I answer this guest again.
staff-handed-back-before = I answer this guest already.
staff-taken-line = ✓ { $name }, { $time }
staff-somebody = Somebody
staff-on-phone = Somebody on the hotel's phone
staff-translation =
    { $title }
    Translated by a machine:
    { $text }
staff-summary =
    { $title }
    Summed up by a machine, so please look into the chat before you rely on it:
    { $text }
staff-aid-silent = The language model gives no answer just now. Please try again in a minute.
staff-not-found = I can't find this alert any more.
staff-only = Only the hotel's own team can do this. If you belong to it, ask an admin to add you.

staff-mood =
    { $mood ->
        [requires_attention] 🔴 Complaint, needs us
        [negative] 🟠 Unhappy, not urgent
        [positive] 🟢 Happy
       *[neutral] ⚪ Not urgent
    }
staff-intent =
    { $intent ->
        [wifi] Wi-Fi
        [breakfast] Breakfast
        [checkin_checkout] Check-in, check-out
        [late_checkout] Late check-out
        [housekeeping] Housekeeping
        [maintenance] Something broken
        [taxi_transfer] Taxi, transfer
        [restaurant] Restaurant
        [spa] Spa
        [complaint] Complaint
        [emergency] Emergency
        [human_agent] Asks for a person
        [thanks] Thanks
        [greeting] Greeting
        [cancel] Cancellation
        [opt_out] Wants no messages
       *[other] Something else
    }
staff-button-intents = It is about…
staff-button-back = ← Back
staff-corrected = Noted, thank you.
staff-corrected-line = ✎ { $name }, { $time }: { $judgement }

staff-help =
    I bring here what guests need a person for. Press the button below an alert to take it: everyone then sees that you are on it.
    A guest who was promised a person hears less of me until you press “Done” there, or the guest asks for the menu.
    If I judged the message wrong, put it right with the other button, so that I can learn from it.
    /answers shows what I answered by myself lately, and from which of your answers.
    /help shows this again.
staff-answers-title = What I answered lately:
staff-answers-none = I have answered nothing by myself yet.
staff-answers-line =
    { $time } “{ $question }”
    → { $answer } (sure: { $confidence })
staff-edited = I don't read changed messages: please send it again as a new one.
staff-command-unknown = I don't know the command /{ $command }.
staff-help-admin =
    For admins:
    /triggers lists the automatic messages, /trigger 3 shows one
    /why Ivanova 3 explains why a guest did or did not get one
    /stay shows or adds a stay by hand
    /questions shows what guests asked and I couldn't answer
    /help in our own chat shows all that admins can do

alert-title-edited = ✏️ Changed a message
