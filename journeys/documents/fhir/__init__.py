"""An enrollment as FHIR R4: see ``bundles`` for the two exports."""
