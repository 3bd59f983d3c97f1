"""The desk: reads what students hand in and renders what we say of it, each in a limited fork."""
