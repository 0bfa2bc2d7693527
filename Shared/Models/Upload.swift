/// A file that was sent to a service and waits to be used.
public enum Upload {}
