### What guests read. Warm, short, no exclamation where a comma will do.

welcome-stay = Hello { $guest }, welcome to { $hotel }! It's good to have you with us. How can I help?
welcome-stay-nameless = Hello, and welcome to { $hotel }! It's good to have you with us. How can I help?
welcome-unknown = Hello, and welcome to { $hotel }! Ask me anything about your stay, or choose below.
welcome-back = Hello again, { $guest }. How can I help?

stay-room = Your room is { $room }, { $check_in } to { $check_out }.
stay-dates = Your stay: { $check_in } to { $check_out }.

menu-title = What can I do for you?
menu-information = Wi-Fi and information
menu-link = Link my stay
menu-person = Talk to a person
menu-language = Language · Язык
menu-back = Back to the menu

information-title = What would you like to know?
information-empty = I have nothing written down here yet, but our team will gladly tell you. Just write your question.
answer-source = (This is our answer to: { $question })
answer-original = That was a machine's translation. What counts are the hotel's own words: { $answer }
answer-offer = Did you mean one of these?
answer-none = Something else
answer-unknown = I have no answer to that, and I won't guess. I've passed your question on to our team, and someone will reply here.
answer-follow-up = Anything else? Just ask, or write “person” and someone from our team will reply.

link-ask-booking = Please send me your booking number. You'll find it in your confirmation.
link-ask-surname = Thank you. And the surname the booking was made under?
link-share-contact = Share my phone number
link-offer-contact = Or share the phone number you booked with: one tap and I'll find your stay.
link-done = Found it, { $guest }: room { $room }, { $check_in } to { $check_out }. Your stay is now linked to this chat.
link-done-no-room = Found it, { $guest }: { $check_in } to { $check_out }. Your stay is now linked to this chat; the room number comes at check-in.
link-done-nameless = Found it: { $check_in } to { $check_out }. Your stay is now linked to this chat.
link-already = Your stay is already linked to this chat: { $check_in } to { $check_out }.
link-not-found = I couldn't find a stay with these details. Please check them and try again, or write “person” and our team will look for you.
link-phone-not-found = I couldn't find a stay under this phone number. You can send your booking number instead.
link-foreign-contact = For your safety I can only use your own phone number. Please use the button below, or send your booking number.
link-expired = This link no longer works. Please send me your booking number instead.
link-too-many = That didn't work several times, so I've stopped looking for now. Our team has been told and will help you here.

person-called = Of course. I've called our team; someone will reply to you right here.
complaint-received = I'm sorry about this. I've told our team right away, and someone will get back to you here.
disappointment-received = I'm sorry to hear that. I've passed your words on to our team.
emergency-received = I've alerted our team right now. If anyone is in danger, please call { $number } at once.

opt-out-done = Done: we won't send you any offers or automatic messages. You can still write to us at any time, and we'll answer. Write START if you change your mind.
opt-in-done = Welcome back! You'll receive our messages again. Write STOP whenever you'd like them to end.

language-ask = Which language do you prefer? · На каком языке вам удобнее?
language-name = English
language-done = All right, I'll write in English.

thanks-reply = You're very welcome!
agreed-reply = Good! I'm here if you need anything.
goodbye-reply = Goodbye, and take care! I'm here whenever you need anything.
fallback = I'm afraid I didn't quite understand. I've passed your message on to our team, and someone will reply here.
media-received = Thank you, I've received it and passed it on to our team.
unsupported-received = I can't open this kind of message, so I've told our team. Could you describe it in words?
location-received = Thank you, I've passed your location on to our team.
choice-expired = These buttons are from an earlier message. Here's the menu again.
choice-number = That number isn't on the list. Please choose one from 1 to { $count }:
