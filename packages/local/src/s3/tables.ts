/**
 * The index: what objects there are. Their bytes are files (see body.ts), named in `s3_pieces` and
 * `s3_parts`. `seq` grows with every version, so it orders the versions of a key.
 */
export const TABLES = `
  CREATE TABLE IF NOT EXISTS s3_buckets (
    name TEXT PRIMARY KEY, created_ms INTEGER NOT NULL, versioning TEXT
  );
  CREATE TABLE IF NOT EXISTS s3_settings (
    bucket TEXT NOT NULL, kind TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (bucket, kind)
  );
  CREATE TABLE IF NOT EXISTS s3_versions (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    bucket TEXT NOT NULL, key TEXT NOT NULL, version_id TEXT NOT NULL,
    latest INTEGER NOT NULL, marker INTEGER NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL,
    stored_ms INTEGER NOT NULL, traits TEXT NOT NULL
  );
  CREATE UNIQUE INDEX IF NOT EXISTS s3_versions_by_id ON s3_versions (bucket, key, version_id);
  CREATE INDEX IF NOT EXISTS s3_versions_in_order ON s3_versions (bucket, key, seq DESC);
  CREATE UNIQUE INDEX IF NOT EXISTS s3_versions_latest ON s3_versions (bucket, key) WHERE latest = 1;
  CREATE TABLE IF NOT EXISTS s3_pieces (
    version INTEGER NOT NULL, number INTEGER NOT NULL, file TEXT NOT NULL, size INTEGER NOT NULL,
    checksum TEXT, PRIMARY KEY (version, number)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS s3_uploads (
    id TEXT PRIMARY KEY, bucket TEXT NOT NULL, key TEXT NOT NULL, begun_ms INTEGER NOT NULL,
    seq INTEGER NOT NULL, traits TEXT NOT NULL
  );
  CREATE INDEX IF NOT EXISTS s3_uploads_by_key ON s3_uploads (bucket, key, seq);
  CREATE TABLE IF NOT EXISTS s3_parts (
    upload TEXT NOT NULL, number INTEGER NOT NULL, file TEXT NOT NULL, size INTEGER NOT NULL,
    md5 TEXT NOT NULL, checksum TEXT, stored_ms INTEGER NOT NULL, PRIMARY KEY (upload, number)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS s3_sequencer (only INTEGER PRIMARY KEY CHECK (only = 1), last TEXT NOT NULL);
`;
