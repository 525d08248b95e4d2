"""The work of every party, their journeys, the hub's intake, the exchange and the live streams."""

from django.urls import path

from journeys.views import (
    exchange,
    funnel,
    health,
    home,
    intake,
    journeys,
    lag,
    live,
    packets,
    reports,
    settling,
    work,
    worklists,
)

urlpatterns = [
    path("", home.home, name="home"),
    path("work/", work.work_list, name="work"),
    path("work/assign/", worklists.assign, name="work_assign"),
    path("work/export.csv", worklists.export, name="work_export"),
    path("work/views/", worklists.keep, name="work_view_keep"),
    path("work/views/<uuid:view_id>/forget/", worklists.forget, name="work_view_forget"),
    path("work/<uuid:item_id>/claim/", work.claim, name="work_claim"),
    path("work/<uuid:item_id>/release/", work.release, name="work_release"),
    path("journeys/", journeys.journey_list, name="journeys"),
    path("journeys/<uuid:journey_id>/", journeys.journey, name="journey"),
    path(
        "journeys/<uuid:journey_id>/report/<slug:step>/", reports.report_step, name="journey_report"
    ),
    path("journeys/<uuid:journey_id>/settle/", settling.settle_conflicts, name="journey_settle"),
    path("journeys/<uuid:journey_id>/message/", reports.send, name="journey_message"),
    path("learn-lag/", lag.learn_lag, name="learn_lag"),
    path("intake/", intake.intake_list, name="intake"),
    path("intake/next/", intake.take_next, name="intake_next"),
    path("intake/<uuid:journey_id>/", intake.review, name="intake_review"),
    path("intake/<uuid:journey_id>/accept/", intake.accept, name="intake_accept"),
    path("intake/<uuid:journey_id>/return/", intake.return_, name="intake_return"),
    path("intake/<uuid:journey_id>/reject/", intake.reject, name="intake_reject"),
    path("exchange/", exchange.exchange, name="exchange"),
    path("exchange/deliveries/<uuid:delivery_id>/", exchange.delivery, name="exchange_delivery"),
    path("exchange/deliveries/<uuid:delivery_id>/replay/", exchange.replay, name="exchange_replay"),
    path(
        "exchange/reports/<uuid:report_id>/replay/",
        exchange.replay_report,
        name="exchange_report_replay",
    ),
    path("exchange/packets/<uuid:delivery_id>.pdf", packets.packet, name="exchange_packet"),
    path("exchange/packets/<uuid:delivery_id>/confirm/", packets.confirm, name="exchange_confirm"),
    path("programs/<slug:key>/", funnel.program, name="program"),
    path("live/journeys/<uuid:journey_id>/", live.journey, name="live_journey"),
    path("live/work/", live.work, name="live_work"),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
]
