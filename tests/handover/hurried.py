"""A worker as it is deployed, but that it looks and gives up sooner: `python -m tests.handover.hurried`."""

from dataclasses import replace
from functools import partial

from app import worker
from app.database import Database
from app.equipment import outgoing
from app.services.handover import deliveries
from app.settings import Settings
from app.storage import Storage
from app.worker import Work

ANSWERING = 1.0
"""Seconds that a receiver has to answer."""


def work_of(database: Database, storage: Storage, settings: Settings) -> Work:
    work = worker.work_of(database, storage, settings)
    impatient = replace(outgoing(settings), connecting=ANSWERING, answering=ANSWERING)
    means = replace(worker.means(settings), outgoing=impatient)
    deliver = partial(deliveries.deliver, database, means)
    return replace(work, tasks=work.tasks | {deliveries.TASK: deliver})


if __name__ == "__main__":
    worker.BEAT, worker.RECOVERY, worker.HEARTBEAT, worker.SILENCE = 0.1, 0.2, 0.3, 1.0
    worker.run(Settings(), work_of)
