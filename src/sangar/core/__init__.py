"""The words every package shares: time, frames, tables, events, errors. No behaviour of the defence itself."""
