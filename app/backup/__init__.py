"""Backups: the database and every object it names, under a manifest of digests, in a folder or in another S3.

    backups/STAMP/begun                    claims the stamp
    backups/STAMP/database.NNN             the dump of PostgreSQL, in parts
    backups/STAMP/objects.DIGEST           names of all objects of it, one a line, for who may not decrypt
    backups/STAMP/manifest.DIGEST          the rest, written last: without it there is no backup
    objects/GROUP/HH/DIGEST                bytes by the SHA-256 of their content, shared by all backups of a group

Encrypted files end with `.age`; a group is all that is readable by the same recipients.
"""
