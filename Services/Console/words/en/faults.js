// @ts-check
/** What went wrong and what to do, in English. */

export const faults = {
  again: "Try again",
  request: "Request",
  unreachable: {
    title: "The service does not answer.",
    advice: "Other pages may work meanwhile. Nothing is lost; try again in a while.",
  },
  late: { title: "No answer came in time.", advice: "The service may be busy. Try again, or ask for a shorter period." },
  job: { title: "The job did not succeed.", advice: "What was there before stays in use." },
  unknown: { title: "Something unexpected happened.", advice: "Try again; if it stays, tell your administrator what stands below." },
  invalid_params: { title: "The service does not take this.", advice: "Correct what it names:" },
  not_found: { title: "It does not exist.", advice: "It may have been removed, or your token may not see it." },
  forbidden: { title: "Your token may not do this.", advice: "Ask for a token with the scope for it." },
  unauthenticated: { title: "Nobody is signed in.", advice: "Sign in again." },
  limit_exceeded: { title: "Too many calls at once.", advice: "Wait a moment, then try again." },
  conflict: { title: "This contradicts what is stored.", advice: "Load the page again and look at what changed." },
  wrong_state: { title: "It is not in a state for this.", advice: "Load the page again: somebody may have been faster." },
  in_progress: { title: "The same is under way already.", advice: "Wait for it to end." },
  idempotency_mismatch: { title: "The same key was used for another call.", advice: "Load the page again." },
  unavailable: { title: "The service cannot answer now.", advice: "It may be starting, or its database is away. Try again in a while." },
  deadline_exceeded: { title: "It took longer than it may.", advice: "Try a shorter period, or again later." },
  internal_error: { title: "The service made a mistake.", advice: "Try again; the request below finds it in the service's log." },
  consent_missing: { title: "The customer refuses this.", advice: "Nothing is learnt of people who do, and nothing shown. Only their own word changes it." },
  no_purchases: { title: "Nothing was bought early enough.", advice: "The model knows only who bought before its calibration ended." },
  method_not_found: { title: "The service does not know this method.", advice: "Console and service may be of different versions." },
  parse_error: { title: "The call came damaged.", advice: "Try again." },
  invalid_request: { title: "The call is not in order.", advice: "Console and service may be of different versions." },
};
