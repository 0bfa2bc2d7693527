import Testing

/// Tests of running transports, one after the other: their deadlines mean nothing on a machine that is out of breath.
@Suite(.serialized) struct TransportTests {}
