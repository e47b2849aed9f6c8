"""The core: forms, studies, dialogue, sealing, storage, export. No Telegram anywhere in it."""
