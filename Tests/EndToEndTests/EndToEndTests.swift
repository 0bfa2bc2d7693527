import Testing

/// The real processes, one test after another: some of them kill processes that the others need.
@Suite(.serialized, .timeLimit(.minutes(5))) struct EndToEndTests {}
