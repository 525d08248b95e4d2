"""Patients, their enrollments, the prescriber's queue, and finding anything."""

from django.urls import path

from enrollment.views import (
    answers,
    coverages,
    documents,
    drafts,
    enrollments,
    find,
    paper,
    patient_asking,
    patient_forms,
    patient_permissions,
    patient_signing,
    patients,
    practice,
    prefills,
    review,
    sent,
    signing,
    starting,
    together,
)

urlpatterns = [
    path("patients/", patients.patient_list, name="patients"),
    path("patients/new/", patient_forms.new_patient, name="patient_new"),
    path("patients/<uuid:patient_id>/", patients.patient, name="patient"),
    path("patients/<uuid:patient_id>/edit/", patient_forms.edit_patient, name="patient_edit"),
    path(
        "patients/<uuid:patient_id>/insurance/", patient_forms.edit_coverage, name="coverage_edit"
    ),
    path(
        "patients/<uuid:patient_id>/insurance/new/",
        patient_forms.new_coverage,
        name="coverage_new",
    ),
    path("patients/<uuid:patient_id>/insurance/all/", coverages.coverage_list, name="coverages"),
    path(
        "patients/<uuid:patient_id>/insurance/next-year/",
        coverages.next_year,
        name="coverage_next_year",
    ),
    path(
        "patients/<uuid:patient_id>/insurance/<uuid:coverage_id>/end/",
        coverages.end,
        name="coverage_end",
    ),
    path(
        "patients/<uuid:patient_id>/documents/",
        documents.attach_to_patient,
        name="patient_attach",
    ),
    path("patients/<uuid:patient_id>/prefill/", prefills.for_patient, name="patient_prefill"),
    path("prefill/<uuid:prefill_id>/", prefills.prefill, name="prefill"),
    path("documents/<uuid:document_id>/", documents.document, name="document"),
    path("documents/<uuid:document_id>/file/", documents.download, name="document_file"),
    path("documents/<uuid:document_id>/remove/", documents.detach, name="document_remove"),
    path("documents/pages/<uuid:page_id>/", documents.page, name="document_page"),
    path("enrollments/", enrollments.enrollment_list, name="enrollments"),
    path("enrollments/new/", starting.start, name="enrollment_start"),
    path("enrollments/of/<uuid:journey_id>/", drafts.of_journey, name="enrollment_of_journey"),
    path("enrollments/<uuid:enrollment_id>/", drafts.enrollment, name="enrollment"),
    path("enrollments/<uuid:enrollment_id>/answers/", answers.answers, name="enrollment_answers"),
    path(
        "enrollments/<uuid:enrollment_id>/documents/",
        documents.attach_to_enrollment,
        name="enrollment_attach",
    ),
    path(
        "enrollments/<uuid:enrollment_id>/prefill/",
        prefills.for_enrollment,
        name="enrollment_prefill",
    ),
    path("enrollments/<uuid:enrollment_id>/others/", answers.others, name="enrollment_others"),
    path("enrollments/<uuid:enrollment_id>/carry/", drafts.carry, name="enrollment_carry"),
    path("enrollments/<uuid:enrollment_id>/withdraw/", drafts.withdraw, name="enrollment_withdraw"),
    path("enrollments/<uuid:enrollment_id>/review/", review.review, name="enrollment_review"),
    path(
        "enrollments/<uuid:enrollment_id>/ask-patient/",
        patient_asking.ask_patient,
        name="enrollment_ask_patient",
    ),
    path("enrollments/<uuid:enrollment_id>/paper/", paper.paper, name="paper"),
    path("enrollments/<uuid:enrollment_id>/paper/print/", paper.print_out, name="paper_print"),
    path("enrollments/<uuid:enrollment_id>/paper/check/", paper.check, name="paper_check"),
    path("enrollments/<uuid:enrollment_id>/paper/remove/", paper.remove, name="paper_remove"),
    path(
        "signing-links/<uuid:link_id>/withdraw/",
        patient_asking.withdraw_link,
        name="signing_link_withdraw",
    ),
    path("sign/", patient_signing.sign, name="sign"),
    path("sign/copy/<uuid:signature_id>/", patient_permissions.copy, name="sign_copy"),
    path("sign/<str:token>/", patient_signing.sign_link, name="sign_link"),
    path("enrollments/<uuid:enrollment_id>/ask/", review.ask_prescriber, name="enrollment_ask"),
    path("enrollments/<uuid:enrollment_id>/send/", review.send, name="enrollment_send"),
    path("enrollments/<uuid:enrollment_id>/receipt/", sent.receipt, name="enrollment_receipt"),
    path("enrollments/<uuid:enrollment_id>/amend/", sent.amend, name="enrollment_amend"),
    path("enrollments/<uuid:enrollment_id>/leave/", sent.leave, name="enrollment_leave"),
    path("enrollments/<uuid:enrollment_id>/end/", sent.withdraw, name="enrollment_end"),
    path("signatures/<uuid:signature_id>/end/", sent.take_back, name="permission_end"),
    path("signatures/<uuid:signature_id>/copy/", sent.signed_copy, name="signed_copy"),
    path(
        "enrollments/<uuid:enrollment_id>/together/", together.together, name="enrollment_together"
    ),
    path(
        "enrollments/<uuid:enrollment_id>/together/ask/",
        together.ask,
        name="enrollment_together_ask",
    ),
    path(
        "enrollments/<uuid:enrollment_id>/together/send/",
        together.send,
        name="enrollment_together_send",
    ),
    path("practice/", practice.overview, name="practice"),
    path("practice/edit/", practice.edit_profile, name="practice_edit"),
    path("practice/prescribers/new/", practice.new_prescriber, name="prescriber_new"),
    path(
        "practice/prescribers/<uuid:prescriber_id>/",
        practice.edit_prescriber,
        name="prescriber_edit",
    ),
    path(
        "practice/prescribers/<uuid:prescriber_id>/leave/", practice.leave, name="prescriber_leave"
    ),
    path("signing/", signing.queue, name="signing"),
    path("signing/read/", signing.statements, name="signing_read"),
    path("find/", find.find_anything, name="find"),
]
