### Что читают администраторы в своём чате с ботом.

admin-only = Это могут делать только администраторы отеля. Попросите кого-нибудь из них или попросите дать вам права.
admin-anonymous = Мне не видно, кто пишет от имени группы. Отключите у себя «Анонимность» и напишите это ещё раз.
admin-in-private = Напишите мне это, пожалуйста, в личном чате: речь о правилах и гостях, не всем здесь стоит это читать.
admin-help =
    Администраторам:

    /triggers покажет автоматические сообщения
    /trigger 3 покажет одно из них
    /trigger 3 edit, pause, resume, duplicate или delete изменит, остановит, возобновит, скопирует или удалит его
    /trigger 3 edit cooldown=7d, once_per=guest или en: и текст сразу изменит его
    /trigger 3 preview покажет, кому оно подходит сейчас и что запланировано
    /trigger 3 try покажет, кто получил бы его за последние 90 дней
    /trigger 3 priority 5, up или down определит, кто говорит первым
    /trigger new создаст новое, шаг за шагом
    /trigger export отдаст их файлом, /trigger import возьмёт файл или готовый набор
    /cancel прервёт создание или изменение
    /triggers pause остановит все, /triggers resume снова их запустит

    /why Иванова 3 объяснит, почему гость получил сообщение 3 или не получил

    /stay BK-1024 покажет проживание
    /stay BK-1024 статус=заехал номер=214 изменит его
    /stay new BK-1025 имя=Анна Петрова заезд=20.11.2026 выезд=23.11.2026 добавит новое

    /hotel покажет часовой пояс и тихие часы, /hotel пояс=Europe/Samara тихо=23:00-7:00 изменит их
    /questions покажет, о чём гости спрашивали без ответа
    /answers покажет, на что я недавно ответил сам

    /staffchat в группе: уведомления будут приходить туда

## Триггеры

admin-list-empty = Автоматических сообщений пока нет.
admin-list-title =
    { $pages ->
        [1] Автоматические сообщения: { $count }
       *[other] Автоматические сообщения: { $count }, страница { $page } из { $pages }
    }
admin-list-line =
    { $number }. { $name }{ $active ->
        [yes] {""}
       *[no] {" "}(на паузе)
    }
    { $when }
    запланировано: { $planned } · за 7 дней отправлено: { $fired }, не отправлено: { $skipped }
admin-list-how = /trigger с номером покажет одно из них.
admin-card =
    { $number }. { $name } ({ $active ->
        [yes] работает
       *[no] на паузе
    })
    { $rule }
    Приоритет: { $priority } · не чаще одного раза { $once ->
        [guest] на гостя
        [room] на номер
        [day] в день
       *[stay] за проживание
    }{ $limits }
    Запланировано: { $planned }

    { $text }
admin-card-translation =
    { $language }:
    { $text }
admin-beside = Кроме сообщения:
admin-action =
    { $kind ->
        [notify_staff] • сообщить персоналу ({ $severity ->
            [critical] срочно
            [warning] внимание
           *[info] к сведению
        }): { $what }
        [open_request] • открыть заявку ({ $department }): { $what }
        [add_tag] • поставить гостю метку «{ $what }»
        [remove_tag] • снять с гостя метку «{ $what }»
        [offer_service] • предложить услугу «{ $what }»
       *[start_flow] • начать сценарий «{ $what }»
    }
admin-beside-nothing = Кроме сообщения пока ничего не происходит.
admin-action-kind =
    { $kind ->
        [notify_staff] Сообщить персоналу
        [open_request] Открыть заявку
        [add_tag] Поставить метку
        [remove_tag] Снять метку
        [offer_service] Предложить услугу
       *[start_flow] Начать сценарий
    }
admin-rule =
    Когда: { $when }
    Условия: { $whether }
admin-trigger-gone = Такого триггера нет, или его уже удалили.
admin-trigger-usage = /trigger 3 покажет триггер 3; /trigger 3 pause, resume, edit, preview, try, duplicate, up, down, priority 5 или delete сделает с ним именно это; /trigger new создаст новый.
admin-trigger-already =
    { $active ->
        [yes] Он уже работает.
       *[no] Он уже на паузе.
    }
admin-trigger-done =
    { $done ->
        [created] «{ $name }»: сохранён и работает.
        [resumed] «{ $name }»: снова работает.
        [paused] «{ $name }»: на паузе.
        [changed] «{ $name }»: изменён.
        [duplicated] Это копия триггера «{ $name }». Она на паузе: измените, что нужно, и возобновите её.
       *[deleted] «{ $name }»: удалён. То, что он уже сделал, остаётся в журнале.
    }
admin-translations-old = Текст на других языках ({ $languages }) остался прежним.
admin-name-asked-for = ⚠ Эти триггеры спрашивают, кто получил «{ $old }», и теперь не найдут никого: { $names }. Измените имя и там.
admin-all-done =
    { $done ->
        [paused] Остановлено триггеров: { $count }. Сам по себе никто ничего не отправит.
       *[resumed] Снова работает триггеров: { $count }.
    }
admin-all-paused-already = Ни один триггер не работает.
admin-all-none-to-resume = Возобновлять нечего: /triggers resume запускает то, что остановил /triggers pause.
admin-priority-done = Приоритет { $priority }: среди триггеров ({ $count }) этот говорит на месте { $place }. При равном приоритете решает время.
admin-priority-same = Приоритет остаётся прежним: { $priority }.
admin-priority-usage = Напишите целое число от { $least } до { $most }: /trigger 3 priority 5. Чем оно больше, тем раньше триггер говорит.
admin-preview-title = { $number }. { $name }: что он собирается делать
admin-preview-matches =
    { $count ->
        [0] Сейчас его условиям не отвечает ни одно из нынешних и будущих проживаний ({ $stays }).
       *[other] Сейчас его условиям отвечают { $count } из { $stays } нынешних и будущих проживаний:
    }
admin-preview-message = Его условия зависят от того, что напишет гость: до этого не подходит никто.
admin-preview-match =
    { $held ->
        [yes] • { $guest }, { $booking }, но сообщение не ушло бы. { $reason }
       *[no] • { $guest }, { $booking }
    }
admin-preview-planned =
    { $count ->
        [0] На ближайшие дни ({ $days }) ничего не запланировано.
       *[other] На ближайшие дни ({ $days }) запланировано сообщений: { $count }
    }
admin-preview-line = • { $time }: { $guest }, { $booking }
admin-try-title = { $number }. { $name }: что он сделал бы за последние дни ({ $days })
admin-try-sent =
    { $count ->
        [0] Сообщение не получил бы никто.
       *[other] Ушло бы сообщений: { $count }.
    }
admin-try-by-channel = • { admin-channel }: { $count }
admin-try-held = Не ушло бы: { $count }
admin-try-because = • { $count }: { $reason }
admin-try-beside = Кроме сообщения:
admin-try-estimates = Из них это оценка: { $count }. Не всё тогда сохранялось.
admin-try-line =
    { $went ->
        [yes] • { $time }: { $guest }, { $booking }, { $channel }
       *[no] • { $time }: { $guest }, { $booking }, не ушло бы. { $reason }
    }
admin-try-estimate = (оценка)
admin-try-not-kept = Проверить нельзя: события «{ $event }» не сохраняются, прошлое не повторить.
admin-channel =
    { $channel ->
        [telegram] Telegram
        [whatsapp_green] WhatsApp
       *[other] { $channel }
    }
admin-diff = В плане добавлено: { $added }, перенесено: { $moved }, отменено: { $cancelled }.
admin-diff-line =
    { $done ->
        [added] + { $time }: { $guest }, { $booking }
        [moved] → { $time }: { $guest }, { $booking }
       *[cancelled] − { $time }: { $guest }, { $booking }
    }
admin-diff-none = План не изменился.
admin-delete-ask =
    Удалить «{ $name }»? { $planned ->
        [0] Запланированных сообщений у него нет.
        [one] Отменится { $planned } запланированное сообщение.
        [few] Отменятся { $planned } запланированных сообщения.
       *[many] Отменятся { $planned } запланированных сообщений.
    }

admin-button-new = Новый триггер
admin-button-list = Все триггеры
admin-button-do =
    { $action ->
        [edit] Изменить
        [pause] Остановить
        [resume] Возобновить
        [preview] Прогноз
        [try] Проверить на прошлом
        [up] Говорить раньше
        [down] Говорить позже
        [duplicate] Копировать
       *[delete] Удалить…
    }
admin-button-pause-all = Остановить все
admin-button-resume-all = Возобновить все
admin-button-show = К триггеру
admin-button-surely = Да, удалить
admin-button-keep = Нет, оставить
admin-button-back = ‹ Назад
admin-button-ahead = Дальше ›
admin-button-cancel = Отмена
admin-button-save = Сохранить
admin-button-enough = Готово
admin-button-usual = Как обычно
admin-button-without = Без него
admin-button-other-condition = Другое условие
admin-button-other-action = Другое действие
admin-button-no-more-actions = Больше нет действий
admin-button-no-actions = Убрать все
admin-button-change =
    { $part ->
        [when] Изменить время
        [whether] Изменить условия
        [text] Изменить текст
        [action] Изменить действия
        [limits] Ограничения
        [languages] Другие языки
       *[name] Изменить название
    }

## Когда

admin-span =
    { $unit ->
        [minutes] { $count ->
            [one] { $count } минуту
            [few] { $count } минуты
           *[many] { $count } минут
        }
        [hours] { $count ->
            [one] { $count } час
            [few] { $count } часа
           *[many] { $count } часов
        }
       *[days] { $count ->
            [one] { $count } день
            [few] { $count } дня
           *[many] { $count } дней
        }
    }
admin-when-after =
    { $anchor ->
        [checkin] через { $span } после заезда
        [checkout] через { $span } после выезда
       *[booking] через { $span } после бронирования
    }
admin-when-before =
    { $anchor ->
        [checkin] за { $span } до заезда
        [checkout] за { $span } до выезда
       *[booking] за { $span } до бронирования
    }
admin-when-at-once =
    { $unit ->
        [days] { $anchor ->
            [checkin] в день заезда
            [checkout] в день выезда
           *[booking] в день бронирования
        }
       *[hours] { $anchor ->
            [checkin] сразу после заезда
            [checkout] сразу после выезда
           *[booking] сразу после бронирования
        }
    }
admin-when-at = { $when }, в { $time }
admin-when-cron = по расписанию { $line }, всем, кто живёт в отеле
admin-when-once = один раз, { $day } в { $time }, всем, кто живёт в отеле
admin-when-change = как только выполнятся условия
admin-when-event =
    { $event ->
        [message_received] когда гость напишет
        [negative_sentiment] когда гость недоволен
        [requires_attention] когда гостю срочно нужно внимание
        [booking_created] когда создано бронирование
        [booking_confirmed] когда бронирование подтверждено
        [booking_cancelled] когда бронирование отменено
        [checked_in] когда гость заехал
        [checked_out] когда гость выехал
        [no_show] когда гость не приехал
        [room_changed] когда поменялся номер
        [room_ready] когда номер готов
        [request_done] когда просьба выполнена
        [feedback_given] когда гость оставил отзыв
        [no_reply_for] когда никто не ответил за { $span }
       *[other] когда произойдёт «{ $name }»
    }

## При каком условии

admin-whether-always = нет
admin-group =
    { $mode ->
        [any] хотя бы одно из ({ $parts })
       *[none] ничего из ({ $parts })
    }
admin-test =
    { $operator ->
        [ne] { $field }: не { $wanted }
        [gt] { $field }: больше { $wanted }
        [gte] { $field }: не меньше { $wanted }
        [lt] { $field }: меньше { $wanted }
        [lte] { $field }: не больше { $wanted }
        [not_in] { $field }: кроме { $wanted }
        [contains] { $field }: содержит { $wanted }
       *[eq] { $field }: { $wanted }
    }
admin-test-known =
    { $known ->
        [yes] { $field }: известно
       *[no] { $field }: неизвестно
    }
admin-field =
    { $field ->
        [room_type] тип номера
        [room_number] номер
        [booking_status] бронирование
        [source] источник бронирования
        [nights] ночей
        [adults] взрослых
        [children] детей
        [amount] сумма
        [days_to_checkin] дней до заезда
        [days_to_checkout] дней до выезда
        [guest_language] язык гостя
        [guest_tags] метки гостя
        [guest_stays_count] проживаний у гостя
        [guest_channel] канал
        [message_text] сообщение
        [message_intent] смысл сообщения
        [message_sentiment_score] оценка настроения
        [message_sentiment_type] настроение
        [received] уже получено
        [not_received] ещё не получено
        [weekday] день недели
        [season] время года
       *[other] { $name }
    }
admin-preference = предпочтение «{ $name }»
admin-value-unknown = неизвестно
admin-booking-status =
    { $status ->
        [pending] ожидает подтверждения
        [confirmed] подтверждено
        [checked_in] гость заехал
        [checked_out] гость выехал
        [cancelled] отменено
       *[no_show] гость не приехал
    }

## Что не так с триггером

admin-problem =
    { $problem ->
        [unknown_name] Я не знаю имени «{ $path }».
        [unknown_variable] В тексте есть имя, которого я не знаю.
        [unknown_value] У «{ $path }» не бывает такого значения.
        [wrong_type] У «{ $path }» не бывает значения такого вида.
        [not_a_number] «{ $path }»: здесь нужно число.
        [not_whole] «{ $path }»: здесь нужно целое число.
        [out_of_range] Значение «{ $path }» выходит за допустимые пределы.
        [empty] «{ $path }»: пусто.
        [missing] Не хватает «{ $path }».
        [misplaced] «{ $path }» сюда не подходит.
        [too_much] «{ $path }»: слишком длинно или слишком много.
        [contradiction] «{ $path }» противоречит другому условию: вместе они никогда не выполнятся.
        [bad_schedule] Не получается прочитать время в «{ $path }».
        [unreadable] Не получается прочитать: «{ $path }».
        [repeated] «{ $path }»: такое имя уже есть.
        [bad_example] «{ $path }»: пример выходит не так, как в нём сказано.
        [unknown_here] «{ $path }»: такого нет ни у кого и нигде в этом отеле, сообщение никогда не уйдёт.
        [impossible_then] «{ $path }»: в тот момент, которого ждёт триггер, так не бывает, сообщение никогда не уйдёт.
        [too_late] «{ $path }»: сообщение никогда не уйдёт. В этот момент или после тихих часов оно уже бесполезно.
       *[bad_template] Не получается прочитать то, что стоит в фигурных скобках: «{ $path }». Пишется так: {"{{"} guest.name {"}}"}
    }
admin-problem-text = текст сообщения
admin-problem-nearest = Может быть, «{ $nearest }»?
admin-problem-detail = (Подробность: { $detail })

## Что стоит знать о триггере, который всё же сохранён

trigger-caution =
    { $concern ->
        [overlap] ⚠ В тот же момент тот же гость может получить ещё и это: { $names }.
        [shadowed] ⚠ Сообщение может никогда не уйти: гость получает не больше { $budget } автоматических сообщений в день, и в этот день раньше него идут: { $names }.
        [shadowing] ⚠ Из-за него могут никогда не уйти другие, ведь гость получает не больше { $budget } автоматических сообщений в день: { $names }.
        [muted] ⚠ Сообщение не уйдёт: этот отель не разрешает ни одного автоматического сообщения в день.
       *[unknown] ⚠ «{ $path }»: «{ $value }» пока не встречается в этом отеле.
    }

## Создание триггера

admin-new-when =
    Когда отправлять сообщение? Выберите или напишите, например: «через 2 часа после заезда», «за 1 день до выезда в 18:00» или cron=0 9 * * *.
    /cancel прервёт создание в любой момент.
admin-new-moment =
    { $moment ->
        [after_checkin] После заезда
        [before_checkin] До заезда
        [before_checkout] До выезда
        [after_checkout] После выезда
        [after_booking] После бронирования
        [negative_sentiment] Когда гость недоволен
       *[change] Когда проживание изменится
    }
admin-new-amount = { $moment }: какой срок? Выберите или напишите, например: «90 мин», «3 часа» или «2 дня в 10:00».
admin-new-at-once = Сразу
admin-new-whether =
    { $rule }

    Кому отправлять? Выберите условие или напишите: room_type=suite, ночей>=3, язык=ru|en. Всё остальное можно задать в JSON.
admin-new-no-more =
    { $any ->
        [yes] Больше нет условий
       *[no] Всем
    }
admin-new-value = Какое значение ({ $field })? Выберите или напишите; несколько можно через запятую.
admin-new-text =
    Что написать гостю? Пришлите текст так, как его прочитает гость. В двойных фигурных скобках можно вставить: { $variables }.
    Например: Добро пожаловать, {"{{"} guest.name {"}}"}!
admin-new-action =
    { $actions }

    Что ещё сделать? Выберите или напишите, каждое действие с новой строки: «сообщить персоналу срочно: …», «заявка уборка: …», «метка vip», «снять метку vip», «предложить спа», «сценарий отзыв».
admin-new-detail =
    { $kind ->
        [notify_staff] Что прочитает персонал? Вставить можно то же, что и в текст: { $variables }. Слово «срочно:» или «внимание:» в начале скажет, насколько это важно.
        [open_request] Что нужно сделать? Вставить можно то же, что и в текст: { $variables }. Слово «уборка:», «ремонт:» или «ресторан:» в начале скажет, кому это.
        [add_tag] Какую метку поставить гостю?
        [remove_tag] Какую метку снять?
        [offer_service] Какую услугу предложить?
       *[start_flow] Какой сценарий начать?
    }
admin-new-name =
    Вот что прочитает { $guest }:

    { $preview }

    Как назвать этот триггер?
admin-new-confirm =
    «{ $name }»
    { $rule }

    { $preview }

    { $changes ->
        [no] Сохранить? Триггер сразу начнёт работать.
       *[yes] Сохранить это как триггер { $number }?
    }
admin-limit = { admin-limit-name }: { $value }
admin-limit-name =
    { $limit ->
        [once_per] Как часто
        [cooldown] Перерыв между двумя
        [useful_for] Сколько полезно
        [catch_up] Узнали слишком поздно
        [channels] Каналы
       *[purpose] Цель
    }
admin-limit-value =
    { $value ->
        [stay] один раз за проживание
        [guest] один раз на гостя
        [room] один раз на номер
        [day] один раз в день
        [send] всё равно отправлять
        [skip] не отправлять
        [service] сервис
        [promotional] реклама, только с согласия
       *[usual] как обычно
    }
admin-new-limits =
    { $limits }

    Что изменить? Выберите или напишите: once_per=guest, cooldown=7d, useful_for=3h, catch_up=skip, channels=telegram|whatsapp, purpose=promotional.
admin-new-limit = { admin-limit-name }: { $now }. Как надо? Выберите или напишите.
admin-new-languages =
    { $count ->
        [0] Текста на других языках пока нет.
       *[other] Есть текст и на других языках: { $languages }.
    } На каком языке написать? Выберите или пришлите код языка, например de.
admin-new-translation =
    { $known ->
        [yes] На этом языке ({ $language }) сказано:

        { $text }

        Напишите, как надо.
       *[no] Напишите текст на этом языке ({ $language }) так, как его прочитает гость.
    }
admin-new-translated = Есть и на других языках: { $languages }
admin-new-go-on = Вы уже начали создавать триггер. /cancel забудет начатое.
admin-new-nothing = Сейчас ничего не создаётся.
admin-new-unclear =
    { $question ->
        [when] Не получается прочитать «{ $phrase }» как время. Напишите, например: «через 2 часа после заезда» или «за 1 день до заезда в 18:00».
        [action] Не получается прочитать «{ $phrase }» как действие. Напишите, например: «сообщить персоналу: …», «метка vip» или «заявка уборка: …».
        [amount] Не получается прочитать «{ $phrase }» как срок. Напишите, например: «90 мин», «2 часа» или «3 дня в 10:00».
        [limits] Не получается прочитать «{ $phrase }» как ограничение. Напишите, например: once_per=guest или cooldown=7d.
       *[whether] Не получается прочитать «{ $phrase }» как условие. Напишите, например: room_type=suite или ночей>=3.
    }
admin-short-unclear =
    Не получается прочитать «{ $phrase }». Одной строкой пишут так: название: когда и условия: текст. Например:
    /trigger new приветствие: через 2 часа после заезда, room_type=suite: Добро пожаловать, {"{{"} guest.name {"}}"}!
    Что ещё сделать, пишут ниже, каждое действие с новой строки: + метка встречен
admin-edit-unclear =
    Не получается прочитать «{ $phrase }». Одной строкой пишут так: /trigger 3 edit once_per=guest, cooldown=7d или текст по языку: /trigger 3 edit en: Welcome!
admin-short-rejected = Не сохранено. { $problem }
admin-name-taken = Триггер «{ $name }» уже есть. Выберите другое название.
admin-cancelled = Забыто, ничего не сохранено.
admin-nothing-to-cancel = Отменять нечего.

## Сообщения в файлах

admin-export =
    { $count ->
        [one] { $count } сообщение
        [few] { $count } сообщения
       *[many] { $count } сообщений
    } этого отеля. Измените файл и пришлите обратно: сначала покажу, что изменится, и без вашего согласия ничего не запишу.
admin-import-how =
    Пришлите файл с сообщениями (.yaml или .json, как его даёт /trigger export): покажу, что изменится, и ничего не запишу без вашего согласия. С подписью «заменить» то, чего нет в файле, будет удалено.
    /trigger import и название добавит готовый набор. Есть: { $packs }
admin-import-unfetched = Не получилось взять этот файл: в нём больше { $kilobytes } КБ, или сейчас его не отдают. Пришлите ещё раз.
admin-import-refused =
    Ничего не записано. { $count ->
        [one] В файле { $count } ошибка:
        [few] В файле { $count } ошибки:
       *[many] В файле { $count } ошибок:
    }
admin-import-more = … и ещё { $count }.
admin-import-same = Всё уже так, как в файле: записывать нечего.
admin-import-title = Изменится вот что:
admin-import-line =
    { $deed ->
        [added] + «{ $name }»: новое
        [deleted] − «{ $name }»: будет удалено
       *[changed] ~ «{ $name }»: изменится ({ $fields })
    }
admin-import-outlook =
    { $matches ->
        [none] Запланировано на 7 дней вперёд: { $planned }.
       *[other] Сейчас подходит проживаний: { $matches }; запланировано на 7 дней вперёд: { $planned }.
    }
admin-import-unchanged = Есть в файле и останется как было: { $count }.
admin-import-left = Нет в файле, останется как было ({ $count }): { $names }.
admin-import-ask = Пока ничего не записано. Записать?
admin-import-written = Записано: новых { $added }, изменено { $changed }, удалено { $deleted }.
admin-import-nothing = Записывать уже нечего. Пришлите файл ещё раз.
admin-import-left-alone = Оставлено как было. Ничего не записано.
admin-button-write = Записать
admin-button-leave = Оставить как было

## Почему

admin-why-usage = Напишите /why, гостя и номер триггера: /why Иванова 3. Гостя можно назвать частью имени, телефоном или номером бронирования.
admin-guest-not-found = Не знаю гостя «{ $words }». Попробуйте часть имени, телефон вида +7… или номер бронирования.
admin-guests-several = Кто из них?
admin-guests-too-many = Гостей с именем «{ $words }» слишком много. Напишите имя полнее или номер бронирования.
admin-guest-nameless = Гость без имени
admin-why-title = { $guest } и триггер { $number } «{ $trigger }»:
admin-why-paused = Сейчас триггер на паузе.
admin-why-decided =
    { $status ->
        [fired] Отправлено: { $time }. { $reason }
        [postponed] Отложено до: { $time }. { $reason }
        [cancelled] Отменено: { $time }. { $reason }
        [expired] Не отправлено: { $time }. { $reason }
        [failed] Не получилось: { $time }. { $reason }
       *[skipped] Не отправлено: { $time }. { $reason }
    }
admin-why-planned = Запланировано на { $time }.
admin-why-cancelled = Было запланировано, но отменено: { $time }. { $reason }
admin-why-never = Для этого гостя сообщение не планировалось, поэтому и решения в журнале нет.
admin-why-now =
    { $status ->
        [scheduled] Если бы срок настал сейчас, сообщение ушло бы.
        [postponed] Если бы срок настал сейчас, сообщение подождало бы. { $reason }
       *[other] Если бы срок настал сейчас, сообщение не ушло бы. { $reason }
    }
admin-why-done = Кроме сообщения сделано:
admin-why-would-do = Кроме сообщения было бы сделано:
admin-why-unconditional = Условий, кроме времени, нет.
admin-why-condition = { $mark } { $wanted } (на деле: { $actual })
admin-why-within =
    { $mode ->
        [any] (достаточно одного из нескольких)
       *[none] (так быть не должно)
    }
admin-reason =
    { $reason ->
        [fired] Все условия были выполнены.
        [conditions_not_met] Условия не были выполнены.
        [trigger_inactive] Триггер был на паузе или удалён.
        [stay_over] Проживание окончено: его отменили, гость не приехал или уже выехал.
        [handed_on] Проживание передали другому гостю.
        [other_state] Проживание не в том состоянии, о котором говорит сообщение, или уже не в нём.
        [already_fired] Гость его уже получил.
        [quiet_hours] Была ночь: тихие часы отеля.
        [no_longer_useful] Было уже поздно, сообщение потеряло смысл.
        [opted_out] Гость отказался от автоматических сообщений.
        [unreachable] Нет чата, в котором можно написать гостю.
        [attention_budget] За день гость уже получил столько автоматических сообщений, сколько разрешает отель.
        [cooldown] Этот триггер писал гостю слишком недавно, чтобы писать снова.
        [came_late] О проживании стало известно уже после нужного момента, а с опозданием этот триггер не пишет.
        [replied] Гостем к тому времени уже занялся человек.
        [bad_template] Текст не удалось заполнить для этого гостя.
        [held_before] Условия выполнялись ещё до создания триггера, нового ничего не произошло.
        [no_consent] Гость не давал согласия на рекламные сообщения.
        [unreadable] Сам триггер больше не читается: удалите его и создайте заново.
        [error] Что-то сломалось на нашей стороне; подробности видит оператор.
        [plan_changed] Проживание или триггер изменили.
       *[other] { $reason }
    }

## Проживания вручную

admin-stay-usage =
    /stay BK-1024 покажет проживание, /stay BK-1024 статус=заехал номер=214 изменит его.
    /stay new BK-1025 имя=Анна Петрова телефон=+79161234567 заезд=20.11.2026 выезд=23.11.2026 номер=305 тип=suite добавит новое.
    Ещё поля: статус, взрослых, детей, язык.
admin-stay-card =
    { $number } ({ $source }) · { $status }
    Гость: { $guest }
    Номер: { $room } · тип: { $type }
    Заезд: { $arrival }
    Выезд: { $departure }
admin-stay-planned = • { $time }: { $trigger }
admin-stay-planned-more =
    { $count ->
        [one] … и ещё { $count } сообщение
        [few] … и ещё { $count } сообщения
       *[many] … и ещё { $count } сообщений
    }
admin-stay-nothing-planned = Сообщений не запланировано.
admin-stay-done =
    { $done ->
        [added] Проживание { $number } добавлено.
       *[changed] Проживание { $number } изменено.
    }
admin-stay-exists = Проживание { $number } уже есть. Чтобы изменить его: /stay { $number } и поля, без слова new.
admin-stay-not-found = Проживания { $number } нет. Чтобы добавить: /stay new { $number } имя=… заезд=… выезд=…
admin-stay-several = Проживаний { $number } несколько, из: { $sources }. Добавьте источник=…, чтобы выбрать.
admin-stay-phone-taken = Телефон { $phone } принадлежит другому гостю, поэтому здесь он не записан.
admin-stay-another-guests = Телефон { $phone } принадлежит другому гостю, и зовут его иначе. Гость этого проживания оставлен прежним.
admin-stay-not-this-guests = Телефон { $phone } принадлежит другому гостю, и зовут его иначе, поэтому ничего не добавлено: исправьте имя или телефон.
admin-stay-handed-on = Новые и имя, и телефон, поэтому проживание передано другому гостю. Чтобы исправить данные того же гостя, меняйте их по одному.
admin-stay-field-name =
    { $field ->
        [name] имя
        [phone] телефон
        [room] номер
        [type] тип
        [arrival] заезд
        [departure] выезд
        [status] статус
        [adults] взрослых
        [children] детей
        [language] язык
        [source] источник
       *[other] { $field }
    }
admin-stay-field =
    { $problem ->
        [unknown] Я не знаю поля «{ $field }».
        [empty] У поля «{ $field }» нет значения: напишите { $field }=…
        [long] В поле «{ $field }» помещается не больше { $value } знаков.
        [date] Не получается прочитать «{ $value }» в поле «{ $field }» как дату. Напишите 20.11.2026 или 2026-11-20, можно со временем, например 15:00, или «сегодня».
        [status] Статуса «{ $value }» нет. Есть pending, confirmed, checked_in, checked_out, cancelled и no_show.
        [people] «{ $value }» в поле «{ $field }»: нужно число от 0 до 99.
        [phone] «{ $value }» не похоже на телефон. Напишите его с плюсом и кодом страны: +79161234567.
        [language] «{ $value }» не похоже на язык. Напишите коротко, например ru или en.
        [missing] Новому проживанию нужно поле «{ $field }»: добавьте { $field }=…
       *[order] Выезд должен быть позже заезда: исправьте «{ $field }».
    }

## Часы и ночи отеля

admin-hotel-card =
    { $hotel }
    Часовой пояс: { $zone } (сейчас там { $now })
    Тихие часы: { $quiet }
admin-hotel-never-quiet = нет, сообщения уходят в любое время
admin-hotel-how =
    В тихие часы гостям ничего не уходит само, только ответы на их сообщения.
    Чтобы изменить: /hotel пояс=Europe/Samara тихо=23:00-7:00, одно или оба; тихо=нет отключит их. Сначала вы увидите, что станет с планом.
admin-hotel-same = Так и есть.
admin-hotel-zone-change = Часовой пояс: { $old } → { $new }
admin-hotel-quiet-change = Тихие часы: { $old } → { $new }
admin-hotel-coming = Следующими тогда уйдут:
admin-hotel-coming-line = • { $time }: { $trigger }, { $guest }, { $booking }
admin-hotel-stays-stay = Заезды и выезды остаются в те же моменты: что сейчас { $old }, станет { $new }. Если они были указаны по новым часам, загрузите их ещё раз.
admin-hotel-done = Записано.
admin-hotel-nothing = Записывать уже нечего. Напишите /hotel и что изменить.
admin-hotel-field =
    { $problem ->
        [zone] Я не знаю часового пояса «{ $value }». Напишите название, например Europe/Samara.
        [quiet] Не получается прочитать «{ $value }» как тихие часы. Напишите 22:00-8:00 или «нет».
        [empty] Нет значения: пояс=Europe/Samara или тихо=22:00-8:00.
       *[unknown] Я не знаю «{ $field }». Есть пояс=Europe/Samara и тихо=22:00-8:00.
    }

## Вопросы без ответа

admin-questions-none = Открытых вопросов нет: на всё, о чём спрашивали гости, ответ нашёлся.
admin-questions-title =
    { $count ->
        [one] { $count } вопрос, на который у меня нет ответа
        [few] { $count } вопроса, на которые у меня нет ответа
       *[other] { $count } вопросов, на которые у меня нет ответа
    }
admin-questions-line =
    { $number }. { $guests ->
        [one] Спросил { $guests } гость
        [few] Спросили { $guests } гостя
       *[other] Спросили { $guests } гостей
    } ({ $language }):
    «{ $question }»
admin-questions-gone = Этот вопрос уже закрыт. Открытые покажет /questions.
admin-button-answer = { $number }. Написать ответ
admin-button-dismiss = { $number }. Убрать
admin-button-reword = Задать вопрос иначе
admin-answer-ask =
    Вопрос ({ $language }): «{ $question }»
    Напишите, что ответить гостям, на том же языке.
admin-answer-preview =
    Вопрос ({ $language }): «{ $question }»
    Ответ: { $answer }

    Сохраните или напишите ответ заново.
admin-answer-wordings = Тот же ответ получат и те, кто спросит так:
admin-answer-reword = Напишите вопрос «{ $question }» так, как его увидят гости.
admin-answer-length = Нужен хотя бы один знак и не больше { $most }.
admin-answer-saved = Записано. Теперь гости на вопрос «{ $question }» получат этот ответ; тем, кто спрашивал раньше, ничего не отправлено.
admin-answer-before = На вопрос «{ $question }» гости уже получают ответ. Ваш не записан.
admin-answer-left = Хорошо, ничего не записано. Вопрос остаётся в /questions.
admin-answer-nothing = Сейчас ответ не пишется. О чём спрашивали гости, покажет /questions.

## Чат сотрудников

admin-staff-chat-set = Готово: теперь уведомления приходят сюда.
admin-staff-chat-already = Уведомления и так приходят сюда.
admin-staff-chat-group = Напишите /staffchat в группе, куда должны приходить уведомления. Сначала добавьте меня в неё.
admin-staff-chat-telegram = Уведомления приходят в группу в Телеграме. Добавьте меня в неё и напишите там /staffchat.
