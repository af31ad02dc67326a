"""The work of the job types, one file each, imported when the first job of its type comes."""
