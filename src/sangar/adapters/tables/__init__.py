"""Tables people exchange: detections and truth in, tracks and impacts out; Parquet or CSV by the file's suffix."""
