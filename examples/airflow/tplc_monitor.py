"""Surveillance every night at three, as an Airflow DAG (Airflow 3, provider `standard`).

Windows are not Airflow's: `tplc monitor` finds in its own trail what is due, so that catching up
and backfilling are left off, and a task that is tried again does nothing twice.
"""

import datetime as dt

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG
from airflow.timetables.trigger import CronTriggerTimetable

# 1 says that a trigger was raised: the night is done. Any other code fails the task.
COMMAND = "/opt/tplc/bin/tplc monitor --json; code=$?; [ $code -eq 1 ] && exit 0; exit $code"

with DAG(
    dag_id="tplc_monitor",
    description="Every surveillance window that is due",
    schedule=CronTriggerTimetable("0 3 * * *", timezone="Europe/Berlin"),
    start_date=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    catchup=False,
    max_active_runs=1,
    tags=["tplc"],
) as dag:
    monitor = BashOperator(
        task_id="monitor",
        bash_command=COMMAND,
        env={"TPLC_WORKSPACE": "/srv/clinic", "TPLC_ACTOR": "night"},
        append_env=True,
        retries=2,
        retry_delay=dt.timedelta(minutes=15),
        execution_timeout=dt.timedelta(hours=6),
    )
