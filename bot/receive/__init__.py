"""Where updates come from: each way commits a batch first and tells Telegram afterwards."""
