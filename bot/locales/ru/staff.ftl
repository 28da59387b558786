### Что читают сотрудники, когда нажимают кнопки или спрашивают.

staff-taken = Спасибо, это за вами.
staff-taken-before = Это уже взял(а) { $name } в { $time }.
staff-handed-back = Этому гостю снова отвечаю я.
staff-handed-back-before = Этому гостю уже отвечаю я.
staff-taken-line = ✓ { $name }, { $time }
staff-somebody = Кто-то из сотрудников
staff-on-phone = Кто-то с телефона отеля
staff-translation =
    { $title }
    Машинный перевод:
    { $text }
staff-summary =
    { $title }
    Кратко, составлено машиной; прежде чем полагаться, загляните в чат:
    { $text }
staff-aid-silent = Языковая модель сейчас не отвечает. Попробуйте ещё раз через минуту.
staff-not-found = Этого уведомления больше нет.
staff-only = Это могут делать только сотрудники отеля. Если вы один из них, попросите администратора добавить вас.

staff-mood =
    { $mood ->
        [requires_attention] 🔴 Жалоба, нужны мы
        [negative] 🟠 Недоволен, не срочно
        [positive] 🟢 Доволен
       *[neutral] ⚪ Не срочно
    }
staff-intent =
    { $intent ->
        [wifi] Wi-Fi
        [breakfast] Завтрак
        [checkin_checkout] Заезд, выезд
        [late_checkout] Поздний выезд
        [housekeeping] Уборка
        [maintenance] Что-то сломано
        [taxi_transfer] Такси, трансфер
        [restaurant] Ресторан
        [spa] Спа
        [complaint] Жалоба
        [emergency] Опасность
        [human_agent] Просит человека
        [thanks] Благодарность
        [greeting] Приветствие
        [cancel] Отмена
        [opt_out] Не хочет сообщений
       *[other] Другое
    }
staff-button-intents = Речь о…
staff-button-back = ← Назад
staff-corrected = Записано, спасибо.
staff-corrected-line = ✎ { $name }, { $time }: { $judgement }

staff-help =
    Сюда приходит то, для чего гостям нужен человек. Чтобы взять дело на себя, нажмите кнопку под уведомлением: все увидят, что вы им занимаетесь.
    Гостю, которому обещан человек, я почти не отвечаю, пока вы не нажмёте там «Готово» или гость не попросит меню.
    Если я неверно понял сообщение, исправьте это второй кнопкой, чтобы я мог на этом учиться.
    /answers покажет, на что я недавно ответил сам и каким из ваших ответов.
    /help покажет это ещё раз.
staff-answers-title = На что я недавно ответил:
staff-answers-none = Сам я ещё ни на что не ответил.
staff-answers-line =
    { $time } «{ $question }»
    → { $answer } (уверенность: { $confidence })
staff-edited = Я не читаю исправленные сообщения: отправьте, пожалуйста, новое.
staff-command-unknown = Я не знаю команды /{ $command }.
staff-help-admin =
    Администраторам:
    /triggers покажет автоматические сообщения, /trigger 3 покажет одно из них
    /why Иванова 3 объяснит, почему гость его получил или не получил
    /stay покажет или добавит проживание вручную
    /questions покажет, о чём гости спрашивали без ответа
    /help в нашем с вами чате покажет всё, что могут администраторы

alert-title-edited = ✏️ Гость изменил сообщение
