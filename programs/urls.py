"""The catalogue of programs. A program's counts are in journeys.urls, where they are made."""

from django.urls import path

from programs.views import catalogue, dictionary, references, schemas
from programs.views.studio import cases, conditions, drafts, files, journey, parts, release

urlpatterns = [
    path("programs/", catalogue.program_list, name="programs"),
    path("programs/dictionary/", dictionary.data_dictionary, name="data_dictionary"),
    path(
        "programs/<slug:key>/dictionary/",
        dictionary.data_dictionary,
        name="program_dictionary",
    ),
    path(
        "programs/<slug:key>/answers.schema.json",
        schemas.program_answers_schema,
        name="program_answers_schema",
    ),
    path("schemas/definition/1.json", schemas.definition_schema, name="definition_schema"),
    path("schemas/answers/1.json", schemas.answers_schema, name="answers_schema"),
    path("schemas/packet/1.json", schemas.packet_schema, name="packet_schema"),
    path("studio/", drafts.studio, name="studio"),
    path("studio/new/", drafts.new_program, name="studio_new"),
    path("studio/read/", files.read_program, name="studio_read"),
    path("studio/open/<slug:key>/", drafts.open_draft, name="studio_open"),
    path("studio/again/<uuid:version_id>/", release.again, name="studio_again"),
    path("studio/<uuid:draft_id>/", drafts.draft_page, name="studio_draft"),
    path("studio/<uuid:draft_id>/drop/", drafts.drop, name="studio_drop"),
    path("studio/<uuid:draft_id>/release/", release.release_page, name="studio_release"),
    path("studio/<uuid:draft_id>/propose/", release.propose, name="studio_propose"),
    path("studio/<uuid:draft_id>/back/", release.back, name="studio_back"),
    path("studio/<uuid:draft_id>/approve/", release.approve, name="studio_approve"),
    path("studio/<uuid:draft_id>/program.json", files.program_file, name="studio_file"),
    path(
        "studio/<uuid:draft_id>/questionnaire.json",
        files.questionnaire_file,
        name="studio_questionnaire",
    ),
    path("studio/<uuid:draft_id>/import/", files.import_page, name="studio_import"),
    path("studio/<uuid:draft_id>/import/take/", files.take_in, name="studio_take_in"),
    path("studio/<uuid:draft_id>/cases/", cases.cases_page, name="studio_cases"),
    path("studio/<uuid:draft_id>/journey/", journey.journey_page, name="studio_journey"),
    path("studio/<uuid:draft_id>/parts/<slug:part>/", parts.part_page, name="studio_part"),
    path(
        "studio/<uuid:draft_id>/parts/<slug:part>/when/",
        conditions.condition_page,
        name="studio_condition",
    ),
    path("reference/diagnoses/", references.diagnosis_search, name="diagnosis_search"),
    path("reference/told/", references.code_told, name="code_told"),
]
