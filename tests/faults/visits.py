"""Which commit points processes are made to die at, and why others are left out. A new one belongs into one."""

from __future__ import annotations

from tests.faults.failpoints import ACKNOWLEDGE, SEND

SENDING = tuple(f"{what}:{platform}" for what in (SEND, ACKNOWLEDGE) for platform in ("telegram", "whatsapp_green"))

CALLED = (
    "bot.storage.claims:Claims.hotel_called",
    "bot.web.api:Api._hear",
)
"""Where another system's call leads; one that heard no answer asks again: test_event_kills.py."""

VISITED = (
    "bot.doubts:Doubts._look_into",
    "bot.doubts:Doubts._report",
    "bot.doubts:Doubts._settle",
    "bot.doubts:Doubts.look_into",
    "bot.doubts:Doubts.mark_stale",
    "bot.inbox:Inbox._store",
    "bot.sending:Sender._begin_all",
    "bot.sending:Sender._record_all",
    "bot.sending:Sender._record_failure.write",
    "bot.storage.claims:Claims.accounts",
    "bot.storage.claims:Claims.accounts_with_open_doubts",
    "bot.storage.claims:Claims.claim_chats",
    "bot.storage.claims:Claims.claim_outbox",
    "bot.storage.claims:Claims.due_firings",
    "bot.storage.claims:Claims.ensure_partitions",
    "bot.storage.claims:Claims.hotels",
    "bot.storage.claims:Claims.hotels_with_stale_sends",
    "bot.storage.claims:Claims.queue_ages",
    "bot.storage.claims:Claims.release_orphans",
    "bot.workers.inbox:InboxWorker._attempt",
    "bot.workers.inbox:InboxWorker._dispatch",
    "bot.workers.inbox:InboxWorker._begin_all",
    "bot.workers.inbox:InboxWorker._handle_suspect",
    "bot.workers.inbox:InboxWorker._quarantine",
    "bot.workers.pollers:Pollers._is",
    "bot.workers.pollers:Pollers._open",
    "bot.workers.ticks:Ticks._fire_due_in",
    "bot.workers.ticks:Ticks.forget_questions",
    "bot.workers.ticks:Ticks.plan_ahead",
    "handlers.step:Step._load_all",
    "handlers.step:Step._load_all#2",
    "handlers.step:Step._save_all",
)
"""What row 2 dies at."""

_COMMAND = "an operator's command: one transaction, and whoever runs it sees how it ended"
_DEMO = "the demo's furniture, made before anything is served"
_RENEWAL = "only work that lasts longer than a quarter of a lease comes by; a renewal that fails costs the lease"
_PACED = "only in a group that has got what it may for now; whoever dies there leaves a lease to end by itself"
_PUSHED = "only where providers push; it reads and changes nothing"
_RETENTION = "one statement an hour, where a setting asks for it; what it didn't take is taken the next time"
_OUTAGE_OR_STOP = "only after an outage of the database, rows 5 to 7, or a request to stop: row 4"

NOT_VISITED = {
    "bot.cli.api_keys:list_keys.work": _COMMAND,
    "bot.cli.api_keys:new.work": _COMMAND,
    "bot.cli.api_keys:revoke.work": _COMMAND,
    "bot.cli.change_hotel:change.work": _COMMAND,
    "bot.cli.change_hotel:change.work#2": _COMMAND,
    "bot.cli.checks.keys:try_keys": _COMMAND,
    "bot.cli.corrections:export_file.work": _COMMAND,
    "bot.cli.doctor:_examine_hotels": _COMMAND,
    "bot.cli.hotel:_connect.work": _COMMAND,
    "bot.cli.people:staff.work": _COMMAND,
    "bot.cli.people:people.work": _COMMAND,
    "bot.cli.people:dismiss.work": _COMMAND,
    "bot.cli.hotel:list_channels.work": _COMMAND,
    "bot.cli.hotel:list_hotels.work": _COMMAND,
    "bot.cli.hotel:remove_channel.work": _COMMAND,
    "bot.cli.hotel:save_answer.work": _COMMAND,
    "bot.cli.hotel:staff_chat.work": _COMMAND,
    "bot.cli.inbox:list_events.work": _COMMAND,
    "bot.cli.inbox:replay_event.work": _COMMAND,
    "bot.cli.inbox:show_event.work": _COMMAND,
    "bot.cli.stays:import_file.work": _COMMAND,
    "bot.cli.stays:link.work": _COMMAND,
    "bot.cli.triggers:export_file.work": _COMMAND,
    "bot.cli.triggers:import_file.work": _COMMAND,
    "bot.cli.triggers:import_file.work#2": _COMMAND,
    "bot.database:check_serving": "reads, before anything is served",
    "bot.demo.hotel:open_hotel": _DEMO,
    "bot.demo.stage:_play": _DEMO,
    "bot.demo.stage:_is_busy": _DEMO,
    "bot.demo.stage:_ledger": _DEMO,
    "bot.demo.stage:_start_payload": _DEMO,
    "bot.enrolment:enrol_hotel": _COMMAND,
    "bot.fetching:Fetcher.fetch": "only where an admin hands a file over; it reads and changes nothing",
    "bot.key_rotation:_reseal": _COMMAND,
    "handlers.step:Step._advised.is_followed": "only with a remote model; it reads and changes nothing",
    "bot.nlu.remote.budget:Budget.try_spend": "only with a remote model: tests/flows/test_remote_model.py",
    "bot.sending:Sender.give_back": _OUTAGE_OR_STOP,
    "bot.sending:Sender.put_off": _PACED,
    "bot.storage.claims:Claims.account_by_webhook": _PUSHED,
    "bot.storage.claims:Claims.drop_oldest_month": _RETENTION,
    "bot.storage.claims:Claims.forget_old": _RETENTION,
    "bot.storage.claims:Claims.database_time": _COMMAND,
    "bot.storage.claims:Claims.integrations": _COMMAND,
    "bot.storage.claims:Claims.latest_arrival": _COMMAND,
    "bot.storage.claims:Claims.renew": _RENEWAL,
    "bot.storage.claims:Claims.renew#2": _RENEWAL,
    "bot.web.webhooks:Webhooks._look_up": _PUSHED,
    "bot.workers.inbox:InboxWorker._forgive": _OUTAGE_OR_STOP,
    "bot.workers.inbox:InboxWorker._give_back": _OUTAGE_OR_STOP,
    "handlers.step:Step.handle": "only where an admin has the past played again; it reads and changes nothing",
    "triggers.stays:import_stays": _COMMAND,
}
