"""What guests of seven languages write: one sees smoke, the others ask kindly and need nobody's help at once."""

from __future__ import annotations

SMOKE = {
    "ru": "Кажется, из-под двери соседнего номера идёт дым",
    "en": "Excuse me, I think there is smoke coming from under the next door",
    "de": "Entschuldigung, unter der Tür nebenan kommt Rauch hervor",
    "fr": "Pardon, il y a de la fumée sous la porte d'à côté",
    "es": "Perdone, sale humo por debajo de la puerta de al lado",
    "zh": "你好，隔壁房门下面有烟冒出来",
    "tr": "Affedersiniz, yan kapının altından duman çıkıyor",
}

POLITE = {
    "ru": """
Подскажите, пожалуйста, до которого часа открыт бассейн?
Будьте добры, два чая в номер 21
Можно ли заказать такси на шесть утра?
Не могли бы вы принести ещё одну подушку?
Скажите, завтрак входит в стоимость?
А есть ли у вас детский стульчик?
Хотели бы продлить проживание на день
Где у вас можно погладить рубашку?
Можно получить счёт на электронную почту?
Во сколько нужно освободить номер?
""",
    "en": """
Could you tell me until what time the pool is open?
May I have two teas in room 21, please?
Would it be possible to order a taxi for six in the morning?
Could you kindly bring one more pillow?
Is breakfast part of the rate, please?
Do you happen to have a high chair for a toddler?
We would love to stay a day longer, if you have a room
Where can I iron a shirt?
Could you e-mail me the invoice, please?
By what time should we leave the room?
""",
    "de": """
Könnten Sie mir sagen, bis wann das Schwimmbad geöffnet ist?
Dürfte ich zwei Tees auf Zimmer 21 bestellen?
Könnten Sie mir für sechs Uhr morgens ein Taxi rufen?
Wären Sie so nett und bringen noch ein Kissen?
Ist das Frühstück im Preis enthalten?
Haben Sie vielleicht einen Hochstuhl für unser Kind?
Wir würden gern einen Tag länger bleiben
Wo kann ich bitte ein Hemd bügeln?
Könnten Sie mir die Rechnung per E-Mail schicken?
Bis wann müssen wir das Zimmer verlassen?
""",
    "fr": """
Pourriez-vous me dire jusqu'à quelle heure la piscine est ouverte ?
Puis-je avoir deux thés dans la chambre 21, s'il vous plaît ?
Serait-il possible d'avoir un taxi pour six heures du matin ?
Auriez-vous la gentillesse d'apporter un oreiller de plus ?
Le petit déjeuner est-il compris dans le prix ?
Auriez-vous une chaise haute pour un bébé ?
Nous aimerions rester un jour de plus
Où puis-je repasser une chemise ?
Pouvez-vous m'envoyer la facture par mail, merci ?
À quelle heure faut-il libérer la chambre ?
""",
    "es": """
¿Me podría decir hasta qué hora está abierta la piscina?
¿Nos pueden traer dos tés a la habitación 21, por favor?
¿Sería posible pedir un taxi para las seis de la mañana?
¿Serían tan amables de traer otra almohada?
¿El desayuno está incluido en el precio?
¿Tendrían una trona para un bebé?
Nos gustaría quedarnos un día más
¿Dónde puedo planchar una camisa?
¿Podrían mandarme la factura por correo?
¿A qué hora hay que dejar la habitación?
""",
    "zh": """
请问游泳池开到几点？
麻烦送两杯茶到21号房
可以帮我叫一辆早上六点的出租车吗？
能再给我一个枕头吗，谢谢
请问房价含早餐吗？
请问有儿童餐椅吗？
我们想多住一天，可以吗？
请问在哪里可以熨衬衫？
可以把发票发到我邮箱吗？
请问几点之前要退房？
""",
    "tr": """
Havuzun kaça kadar açık olduğunu söyler misiniz?
21 numaraya iki çay alabilir miyiz lütfen?
Sabah altı için bir taksi ayarlamak mümkün mü?
Rica etsem bir yastık daha getirir misiniz?
Kahvaltı fiyata dahil mi acaba?
Bebek için mama sandalyeniz var mı?
Bir gün daha kalmak isteriz
Gömleğimi nerede ütüleyebilirim?
Faturayı e-posta ile gönderebilir misiniz?
Odayı saat kaça kadar boşaltmalıyız?
""",
}
