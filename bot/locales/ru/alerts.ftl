### То, что читают сотрудники в своём чате, на языке отеля.

alert-title-attention = 🔴 Нужно внимание
alert-title-negative = 🟠 Гость недоволен
alert-title-person = 🙋 Просит человека
alert-title-unanswered = ❔ Не знаю, что ответить
alert-title-more = 💬 Пишет ещё
alert-title-media = 📎 Гость прислал файл или место
alert-title-link-tries = 🔑 Не получилось найти бронь
alert-title-not-delivered = ⚠ Сообщение не доставлено
alert-title-quarantined = ⚠ Сообщение не удалось обработать
alert-title-trigger = ⚠ Триггер не срабатывает
alert-title-notice = 🔔 К сведению
alert-title-notice-warning = 🟠 Обратите внимание
alert-title-notice-critical = 🔴 Срочно
alert-title-request = 🛎 Заявка
alert-title-offer = 💡 Предложить гостю
alert-title-flow = ▶ Начать с гостем
alert-title-account = ⚠ Неполадка с каналом

alert-room = номер { $room }
alert-words = Причина: { $words }
alert-confidence = (уверенность { $percent } %)
alert-other-rooms = Назван другой номер: { $rooms }
alert-contact = Ответить вручную: { $contact }
alert-acknowledge = Беру на себя
alert-hand-back = Готово: пусть отвечает бот
alert-correct = ✎ Исправить
alert-translate = Перевести
alert-summarise = Кратко
alert-repeat = (Повтор: неизвестно, дошло ли первое сообщение.)
alert-no-way = Нет ни чата сотрудников, ни администратора в Телеграме. Администратор может написать /staffchat в группе сотрудников.
alert-not-delivered =
    { $state ->
        [in_doubt] Неизвестно, получил ли гость это сообщение:
       *[other] Гость не получил это сообщение:
    }
    «{ $text }»
    ({ $reason })
alert-quarantined =
    Событие { $event } этого чата не удалось обработать за { $attempts ->
        [one] { $attempts } попытку
        [few] { $attempts } попытки
       *[many] { $attempts } попыток
    }, оно отложено. Его может посмотреть и повторить оператор.
alert-account = Аккаунт { $address }: { $state }. Сообщения подождут, пока он снова заработает.
alert-trigger-failed =
    Триггер { $number }, «{ $name }», { $reason ->
        [bad_template] не смог составить текст для гостя. Проверьте и исправьте его текст: /trigger { $number }.
        [unreadable] содержит условия, которые больше не читаются. Удалите его и создайте заново.
       *[other] не смог написать гостю. Причина в журнале; сообщите оператору.
    }
alert-action =
    { $kind ->
        [open_request] { $department }: { $words }
        [offer_service] Предложите гостю: { $words }
        [start_flow] Начните с гостем: { $words }
       *[notify_staff] { $words }
    }
    (Триггер { $number }, «{ $name }»)
alert-department =
    { $department ->
        [housekeeping] Уборка
        [maintenance] Ремонт
        [restaurant] Ресторан
       *[reception] Ресепшен
    }
alert-action-wordless = Текст для этого гостя составить не удалось. Каким он должен быть, покажет /trigger { $number }.
alert-no-words =
    { $kind ->
        [image] (картинка)
        [video] (видео)
        [audio] (запись)
        [voice] (голосовое сообщение)
        [document] (документ)
        [sticker] (стикер)
        [location] (место на карте)
        [contact] (контакт)
       *[other] (что-то без слов, посмотрите в чате)
    }
