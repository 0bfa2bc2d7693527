// The types of ecrm.js: of what it does here, and after that of what the contracts say.
// Written by `make contract` from Clients/Generator: do not edit.

/** Connects to the suite. Nothing is sent before the first call. */
export function connect(options: ConnectionOptions): Ecrm;

/** How to reach the suite, and how hard to try. */
export interface ConnectionOptions {
  /** Addresses of the services that will be called, as `https://localhost:7104`. */
  services?: { readonly [Service in ServiceName]?: string };
  /** Address of an edge with the services at `<origin>/<service>/rpc`, for those that `services` does not name. */
  origin?: string;
  /** Who calls: a token, or a function that knows it. */
  token?: Token;
  /** Milliseconds for a call with all its attempts; 60,000 when absent. */
  timeoutMs?: number;
  /** How often a call is sent at most, while what comes back is worth another try; 12 when absent. */
  attempts?: number;
  /** Told before each pause between two attempts. */
  onRetry?: (retry: Retry) => void;
  /** What sends requests, instead of the platform's own `fetch`. */
  fetch?: typeof fetch;
}

/**
 * A bearer token, or a function asked for it before every request. When a service refuses a token, the function is
 * asked once more, with the token in `refused`; another one that it answers is tried.
 */
export type Token = string | ((asked: { refused?: string }) => string | undefined | Promise<string | undefined>);

/** A pause before a call is sent again. */
export interface Retry {
  /** The method, or those of a batch. */
  method: string;
  /** Attempts made so far. */
  attempt: number;
  /** Milliseconds until the next one. */
  pauseMs: number;
  /** What the last one came to. */
  error: EcrmError | EcrmTransportError;
}

/** What may be said of a single call. */
export interface CallOptions {
  /** Ends the call: its promise is rejected with the signal's reason. A write may take effect all the same. */
  signal?: AbortSignal;
  /** Key of a write; one is made when absent. The same key with the same params takes effect once in 24 hours. */
  idempotencyKey?: string;
  /** Milliseconds for this call with all its attempts, instead of the connection's. */
  timeoutMs?: number;
}

/** What may be said of a call within a batch. */
export type PreparedOptions = Pick<CallOptions, "idempotencyKey">;

/** What may be said of a batch. */
export type BatchOptions = Omit<CallOptions, "idempotencyKey">;

/** A call under way: the promise of its result. */
export interface Call<Result, Type extends ErrorType> extends Promise<Result> {
  /** What the service answered, result or error. Rejected only where no answer came, or the call was aborted. */
  outcome(): Promise<Outcome<Result, Type>>;
}

/** A call for the first page of a list, and with `for await` the way through all of it, item by item. */
export interface ListCall<Page extends { items: unknown[] }, Type extends ErrorType>
  extends Call<Page, Type>,
    AsyncIterable<Page["items"][number]> {
  /** The list page by page, each fetched when it is asked for. */
  pages(): AsyncIterable<Page>;
}

/** What can be waited for. */
export interface Started {
  /** Waits until the job has succeeded; rejected with `EcrmJobError` when it failed or was cancelled. */
  finished(options?: WaitOptions): Promise<SucceededJob>;
}

/** A call that starts a job, and answers its id. It can be waited for, and so can its answer. */
export interface JobCall<Type extends ErrorType> extends Call<JobReference & Started, Type>, Started {}

/** A job that succeeded. */
export interface SucceededJob extends Job {
  state: "succeeded";
}

/** What may be said of waiting for a job. */
export interface WaitOptions {
  /** Told of the job at first, and whenever its state or progress has changed. */
  onProgress?: (job: Job) => void;
  /** Ends the waiting; the job goes on. */
  signal?: AbortSignal;
}

/** What a service answered to a call. */
export type Outcome<Result, Type extends ErrorType = ErrorType> =
  | {
      ok: true;
      value: Result;
      /** Whether the answer is that of an earlier call with this key; not told within a batch. */
      replayed?: boolean;
    }
  | { ok: false; error: EcrmError<Type> };

declare const answers: unique symbol;

/** A call of a batch, not sent yet. */
export interface Prepared<Result, Type extends ErrorType> {
  readonly service: ServiceName;
  readonly method: string;
  readonly [answers]?: Outcome<Result, Type>;
}

/** The methods of `Nouns`, for a batch. */
export type BatchMethods<Nouns> = { [Noun in keyof Nouns]: PreparedVerbs<Nouns[Noun]> };

type PreparedVerbs<Verbs> = { [Verb in keyof Verbs]: PreparedVerb<Verbs[Verb]> };

type PreparedVerb<Verb> = Verb extends (...input: infer Input) => Call<infer Result, infer Type>
  ? Input extends [params: infer Params, options?: CallOptions]
    ? (params: Params, options?: PreparedOptions) => Prepared<Answer<Result>, Type>
    : (params?: Input[0], options?: PreparedOptions) => Prepared<Answer<Result>, Type>
  : never;

/** What the service says, without what a call of its own adds. */
type Answer<Result> = Result extends Started ? JobReference : Result;

type AnyPrepared = Prepared<unknown, ErrorType>;

/** What became of each call of a batch, in the order of the calls. */
export type Outcomes<Calls extends readonly AnyPrepared[]> = {
  -readonly [Place in keyof Calls]: Calls[Place] extends Prepared<infer Result, infer Type>
    ? Outcome<Result, Type>
    : never;
};

/** Sends the calls that `build` prepares, at most 50 and all to one service, as one request. */
export type Batch<Nouns> = <Calls extends readonly AnyPrepared[] | []>(
  build: (methods: BatchMethods<Nouns>) => Calls,
  options?: BatchOptions,
) => Promise<Outcomes<Calls>>;

/** One service: its own methods, and those that every service has. */
export type ServiceClient<Nouns> = Nouns & {
  batch: Batch<Nouns>;
  /** Waits for a job that this service has; as `finished` of the call that started it does. */
  finished(job: UUID, options?: WaitOptions): Promise<SucceededJob>;
};

/** The suite: every noun with its verbs, wherever they are served. */
export type Ecrm = Nouns & {
  /** One service, by name. */
  on<Service extends ServiceName>(service: Service): ServiceClient<Services[Service]>;
  batch: Batch<Nouns>;
};

/** The answer of a service that refused a call or failed. A `switch` over `error.data.type` tells all kinds. */
export type EcrmError<Type extends ErrorType = ErrorType> = { [One in Type]: EcrmErrorOf<One> }[Type];
export const EcrmError: {
  new (error: { code: number; message: string; data: unknown }, method: string, idempotencyKey?: string): EcrmError;
  readonly prototype: EcrmError;
};

/** An error of one kind. */
export interface EcrmErrorOf<Type extends ErrorType> extends Error {
  readonly name: "EcrmError";
  readonly code: ErrorCodes[Type];
  readonly data: ErrorData<Type>;
  /** What was called. */
  readonly method: string;
  /** Under which the service logged the call. */
  readonly requestID: string;
  /** Key that a write was sent with. */
  readonly idempotencyKey?: string;
}

/** What an error tells. */
export type ErrorData<Type extends ErrorType = ErrorType> = Type extends "invalid_params"
  ? PlainErrorData<Type> & {
      /** What is wrong with the params, where it can be told by place. */
      errors?: ParamFault[];
    }
  : PlainErrorData<Type>;

interface PlainErrorData<Type extends ErrorType> {
  /** What happened. */
  type: Type;
  /** A sentence for people. */
  detail: string;
  /** Under which the service logged the call. */
  requestID: string;
  /** Whether the same call may succeed later; the client has tried by then. */
  retryable: boolean;
  /** Milliseconds after which another try makes sense. */
  retryAfterMs?: number;
}

/** One thing that is wrong with the params of a call. */
export interface ParamFault {
  /** JSON pointer from the request on, as `/params/email`. */
  path: string;
  /** `required`, `type`, `format`, `enum` or `unknown`. */
  rule: string;
  /** What is expected, as `must be a string`. */
  message: string;
}

/**
 * No service's answer came. Whether a write took effect is not known: the same call with `idempotencyKey` finds out,
 * or does it.
 */
export class EcrmTransportError extends Error {
  /** What was called. */
  readonly method: string;
  /** Key that a write was sent with; absent for a batch, whose calls have one each. */
  readonly idempotencyKey?: string;
  /** What the platform said, or the failure before. */
  readonly cause?: unknown;
}

/** Nobody could be reached, or the connection broke. */
export class EcrmConnectionError extends EcrmTransportError {}

/** The time for the call passed before an answer came. */
export class EcrmTimeoutError extends EcrmTransportError {}

/** What answered is no service of the suite, or something between them. */
export class EcrmAnswerError extends EcrmTransportError {
  /** Status of HTTP. */
  readonly status: number;
}

/** A job ended without a result. */
export class EcrmJobError extends Error {
  /** The job: its state is `failed` or `cancelled`. */
  readonly job: Job;
}

/** Any JSON. */
export type JSONValue = string | number | boolean | null | JSONValue[] | { [name: string]: JSONValue };

/** An id. */
export type UUID = string;

/** A moment, as `2026-01-31T10:00:00Z`. */
export type Instant = string;

/** A day, as `2026-01-31`. */
export type Day = string;

/** An exact number in digits, as `79.90`: made for showing, and for arithmetic that does not round. */
export type Decimal = string;

/** The services. */
export type ServiceName = "acquisition" | "channel-integration" | "expansion" | "performance-measurement" | "retention";

/** The nouns of the suite; those that every service has come after `on`. */
export interface Nouns {
  clv: ClvMethods;
  cohorts: CohortsMethods;
  consents: ConsentsMethods;
  customers: CustomersMethods;
  events: EventsMethods;
  funnels: FunnelsMethods;
  identities: IdentitiesMethods;
  orders: OrdersMethods;
  products: ProductsMethods;
  profiles: ProfilesMethods;
  recommendations: RecommendationsMethods;
  rfm: RfmMethods;
  scorecard: ScorecardMethods;
  sessions: SessionsMethods;
  signIns: SignInsMethods;
  traitPolicies: TraitPoliciesMethods;
  visitors: VisitorsMethods;
}

/** The nouns of each service. */
export interface Services {
  "acquisition": AcquisitionNouns;
  "channel-integration": ChannelIntegrationNouns;
  "expansion": ExpansionNouns;
  "performance-measurement": PerformanceMeasurementNouns;
  "retention": RetentionNouns;
}

/** The nouns of the service acquisition. */
export interface AcquisitionNouns {
  events: EventsMethods;
  funnels: FunnelsMethods;
  jobs: JobsMethods;
  rpc: RpcMethods;
  sessions: SessionsMethods;
  visitors: VisitorsMethods;
}

/** The nouns of the service channel-integration. */
export interface ChannelIntegrationNouns {
  consents: ConsentsMethods;
  customers: CustomersMethods;
  identities: IdentitiesMethods;
  jobs: JobsMethods;
  orders: OrdersMethods;
  products: ProductsMethods;
  profiles: ProfilesMethods;
  rpc: RpcMethods;
  signIns: SignInsMethods;
  traitPolicies: TraitPoliciesMethods;
}

/** The nouns of the service expansion. */
export interface ExpansionNouns {
  jobs: JobsMethods;
  recommendations: RecommendationsMethods;
  rpc: RpcMethods;
}

/** The nouns of the service performance-measurement. */
export interface PerformanceMeasurementNouns {
  cohorts: CohortsMethods;
  jobs: JobsMethods;
  rpc: RpcMethods;
  scorecard: ScorecardMethods;
}

/** The nouns of the service retention. */
export interface RetentionNouns {
  clv: ClvMethods;
  jobs: JobsMethods;
  rfm: RfmMethods;
  rpc: RpcMethods;
}

/** What can be done with events. */
export interface EventsMethods {
  /**
   * Takes up to 1,000 events as Segment's libraries send them: `track`, `identify`, `page`, `screen`, `group`, `alias`.
   *
   * An event is stored under the profile of its `anonymousId`, or else of its `userId`; `identify` links the two. What
   * came before by its `messageId` is a duplicate and changes nothing. With `sentAt` the time of an event is corrected
   * for a wrong clock. An event that is not in order is rejected by itself.
   *
   * Scope `events:write`; roles `staff`, `partner`, `service`, `site`.
   */
  collect(params: EventsCollectParams, options?: CallOptions): Call<CollectedEvents, WriteErrorType>;
}

/** What can be done with funnels. */
export interface FunnelsMethods {
  /**
   * How many visitors come from step to step.
   *
   * A visitor reaches a step by its event after the step before it, within the hours from a first step; any of the
   * visitor's first steps may begin the way. Visitors that are one customer count once.
   *
   * Scope `funnels:read`; roles `staff`, `partner`, `service`.
   */
  report(params: FunnelsReportParams, options?: CallOptions): Call<Funnel, CommonErrorType>;
}

/** What can be done with jobs. */
export interface JobsMethods {
  /**
   * Cancels a job that has not ended. Work that is under way stops at its next step and leaves no trace.
   *
   * Scope `jobs:write`; roles `staff`, `partner`, `service`.
   */
  cancel(params: JobsCancelParams, options?: CallOptions): Call<Job, WriteErrorType | "not_found" | "wrong_state">;

  /**
   * Tells how far a job has come, and its result once it has succeeded.
   *
   * Scope `jobs:read`; roles `staff`, `partner`, `service`.
   */
  get(params: JobsGetParams, options?: CallOptions): Call<Job, CommonErrorType | "not_found">;

  /**
   * Lists the service's jobs, latest first.
   *
   * Scope `jobs:read`; roles `staff`, `partner`, `service`.
   */
  list(params?: JobsListParams, options?: CallOptions): ListCall<PageOfJob, CommonErrorType>;
}

/** What can be done with rpc. */
export interface RpcMethods {
  /**
   * Answers the service's contract, an OpenRPC 1.3.2 document: every method with its params, result, errors and an
   * example.
   *
   * Needs no token.
   */
  discover(params?: Record<string, never>, options?: CallOptions): Call<JSONValue, OpenErrorType>;
}

/** What can be done with sessions. */
export interface SessionsMethods {
  /**
   * Lists the sessions of a customer over all devices, or of one visitor, latest first. 30 minutes of silence end a
   * session.
   *
   * Scope `sessions:read`; roles `staff`, `partner`, `service`.
   */
  list(params?: SessionsListParams, options?: CallOptions): ListCall<PageOfSession, CommonErrorType | "not_found">;
}

/** What can be done with visitors. */
export interface VisitorsMethods {
  /**
   * What is known of a visitor: profile, customer, first and last visit, events and sessions.
   *
   * Scope `visitors:read`; roles `staff`, `partner`, `service`.
   */
  get(params: VisitorsGetParams, options?: CallOptions): Call<Visitor, CommonErrorType | "not_found">;
}

/** What can be done with consents. */
export interface ConsentsMethods {
  /**
   * Tells whether something may be done to a customer: every sender and every profiling asks this first.
   *
   * Over all of the customer's profiles the latest record of the purpose decides, for that channel or for all channels;
   * at equal time withdrawal wins; where nothing is recorded nothing is allowed.
   *
   * Scope `consents:read`; roles `staff`, `partner`, `customer`, `service`.
   */
  check(params: ConsentsCheckParams, options?: CallOptions): Call<ConsentVerdict, CommonErrorType | "not_found">;

  /**
   * Lists every record of consent over a customer's profiles, latest first.
   *
   * Scope `consents:read`; roles `staff`, `partner`, `customer`, `service`.
   */
  history(
    params: ConsentsHistoryParams,
    options?: CallOptions,
  ): ListCall<PageOfConsentRecord, CommonErrorType | "not_found">;

  /**
   * Records that a customer agreed to something or took it back. Records are only added; the latest decides, at once.
   *
   * Scope `consents:write`; roles `staff`, `partner`, `service`.
   */
  record(params: ConsentsRecordParams, options?: CallOptions): Call<ConsentRecord, WriteErrorType | "not_found">;
}

/** What can be done with customers. */
export interface CustomersMethods {
  /**
   * The single view of a customer: profiles, identifiers, traits, consents and order totals over every channel.
   *
   * Each trait comes with its source and time, the most recent value of a name first. The answer is a pure function of
   * the facts and the active links.
   *
   * Scope `customers:read`; roles `staff`, `partner`, `customer`, `service`.
   */
  get(params: CustomersGetParams, options?: CallOptions): Call<CustomerView, CommonErrorType | "not_found">;

  /**
   * Finds customers by names, identifiers and external ids, by how they begin and by likeness, best first.
   *
   * Each word is looked for by itself; a customer is the better found the more of the words it carries and the closer
   * they are.
   *
   * Scope `customers:read`; roles `staff`, `partner`, `service`.
   */
  search(params: CustomersSearchParams, options?: CallOptions): ListCall<PageOfFoundCustomer, CommonErrorType>;

  /**
   * What happened to a customer, latest first: changes, links, consents, orders and events over all profiles.
   *
   * Scope `customers:read`; roles `staff`, `partner`, `customer`, `service`.
   */
  timeline(
    params: CustomersTimelineParams,
    options?: CallOptions,
  ): ListCall<PageOfTimelineEntry, CommonErrorType | "not_found">;
}

/** What can be done with identities. */
export interface IdentitiesMethods {
  /**
   * Blocks a value that identifies nobody although many carry it: a switchboard's number, an address that forms are
   * filled with. It links nobody from now on; who carries it keeps it.
   *
   * Links that rest on it hold, since other evidence may have grown around them, and are counted in the answer;
   * `removeLinks` takes them away as `identities.unlink` does, for good. Blocking a value again replaces the reason.
   * Role addresses, as `info@`, need no blocking.
   *
   * Scope `identities:write`; roles `staff`, `partner`, `service`.
   */
  block(params: IdentitiesBlockParams, options?: CallOptions): Call<BlockedIdentity, WriteErrorType>;

  /**
   * Lists the values that identify nobody, by kind and value: those that the suite came with and those that were
   * blocked.
   *
   * Scope `identities:read`; roles `staff`, `partner`, `service`.
   */
  blocked(params?: IdentitiesBlockedParams, options?: CallOptions): ListCall<PageOfBlockedValue, CommonErrorType>;

  /**
   * Lists pairs of profiles that may be one person, likeliest first, with what speaks for it and what against.
   *
   * Scope `identities:read`; roles `staff`, `partner`, `service`.
   */
  candidates(
    params?: IdentitiesCandidatesParams,
    options?: CallOptions,
  ): ListCall<PageOfMatchCandidate, CommonErrorType | "not_found">;

  /**
   * Decides whether two profiles are one person, whether or not they were found to be alike.
   *
   * `same` links them. `different` removes the links between the two, and is remembered for ever: neither probability
   * nor a value that both carry links the two again, which is refused as `decidedDifferent`. The last decision of a
   * pair counts.
   *
   * Scope `identities:write`; roles `staff`, `partner`, `service`.
   */
  decide(params: IdentitiesDecideParams, options?: CallOptions): Call<DecidedMatch, WriteErrorType | "not_found">;

  /**
   * Links two profiles because a person knows that they are one customer.
   *
   * Linking a pair again answers the link that is there. Nothing is moved: removing the link brings back what was
   * before.
   *
   * Scope `identities:write`; roles `staff`, `partner`, `service`.
   */
  link(params: IdentitiesLinkParams, options?: CallOptions): Call<LinkedCustomer, WriteErrorType | "not_found">;

  /**
   * Lists why a customer's profiles are one, and what was removed: every link of any of its profiles, earliest first.
   *
   * Scope `identities:read`; roles `staff`, `partner`, `service`.
   */
  links(params: IdentitiesLinksParams, options?: CallOptions): ListCall<PageOfLink, CommonErrorType | "not_found">;

  /**
   * Compares the records of sources by what `identities.train` has learnt, and keeps the pairs that may be one person.
   *
   * The pairs are in `identities.candidates` when the job has succeeded, in the place of what was found before. Pairs
   * above the model's `linkAbove` are linked, unless they would join two groups that little else joins: those are kept
   * apart, and say so.
   *
   * Scope `identities:write`; roles `staff`, `partner`, `service`.
   */
  match(params?: IdentitiesMatchParams, options?: CallOptions): JobCall<WriteErrorType | "not_found">;

  /**
   * Finds the customer who carries an identifier.
   *
   * A verified value wins over an unverified one, then the earliest profile. No customer is an answer too.
   *
   * Scope `identities:read`; roles `staff`, `partner`, `service`.
   */
  resolve(params: IdentitiesResolveParams, options?: CallOptions): Call<ResolvedIdentity, CommonErrorType>;

  /**
   * Learns from the records of sources, without labels, what tells one person from another: Fellegi and Sunter's model
   * (1969), estimated by expectation maximisation (Dempster, Laird & Rubin 1977).
   *
   * Compared are the standard traits (`givenName`, `familyName` or `fullName`, `dateOfBirth`, `streetNumber`, `street`,
   * `locality`, `postalCode`, `region`, `country`, `occupation`, `birthPlace`, `gender`, `company`, `nationalId`,
   * `timeZone`, `locale`) and the addresses of kind `email` and `phone`. The job's result has the parameters by field
   * and level. From then on a new profile of these sources is compared when it arrives.
   *
   * Scope `identities:write`; roles `staff`, `partner`, `service`.
   */
  train(params?: IdentitiesTrainParams, options?: CallOptions): JobCall<WriteErrorType>;

  /**
   * Takes a value from the list of those that identify nobody: who gains it, verified, from now on is linked by it
   * again.
   *
   * Those who carry it already are not linked by this, and links that were removed stay so.
   *
   * Scope `identities:write`; roles `staff`, `partner`, `service`.
   */
  unblock(
    params: IdentitiesUnblockParams,
    options?: CallOptions,
  ): Call<UnblockedIdentity, WriteErrorType | "not_found">;

  /**
   * Removes a link: profiles that it alone held together become two customers again, as they were.
   *
   * The evidence of a removed link never links the two by itself again; where a source tells it once more, that is
   * refused as `removedByHand`.
   *
   * Scope `identities:write`; roles `staff`, `partner`, `service`.
   */
  unlink(
    params: IdentitiesUnlinkParams,
    options?: CallOptions,
  ): Call<UnlinkedCustomers, WriteErrorType | "not_found" | "wrong_state">;
}

/** What can be done with orders. */
export interface OrdersMethods {
  /**
   * Imports up to 1,000 orders of one source, each whole, by its external id.
   *
   * An order told again replaces what was stored and keeps the profile it was first told of. A customer that is not
   * known becomes a profile of that source, an unknown SKU a product. Cancelled and returned orders are no purchases.
   *
   * Scope `orders:write`; roles `staff`, `partner`, `service`.
   */
  import(params: OrdersImportParams, options?: CallOptions): Call<ImportReport, WriteErrorType>;

  /**
   * Lists a customer's orders over all channels, latest first, with their lines.
   *
   * Scope `orders:read`; roles `staff`, `partner`, `customer`, `service`.
   */
  list(params: OrdersListParams, options?: CallOptions): ListCall<PageOfOrder, CommonErrorType | "not_found">;
}

/** What can be done with products. */
export interface ProductsMethods {
  /**
   * Imports up to 1,000 products by their SKU; an absent member of a known product stays as it is.
   *
   * Scope `products:write`; roles `staff`, `partner`, `service`.
   */
  import(params: ProductsImportParams, options?: CallOptions): Call<ImportReport, WriteErrorType>;
}

/** What can be done with profiles. */
export interface ProfilesMethods {
  /**
   * Imports up to 1,000 records of one source, each as `profiles.upsert` takes it.
   *
   * A row that is not in order is rejected by itself. Importing the same rows again changes nothing.
   *
   * Scope `profiles:write`; roles `staff`, `partner`, `service`.
   */
  import(params: ProfilesImportParams, options?: CallOptions): Call<ProfileImportReport, WriteErrorType>;

  /**
   * Tells what a source knows of one of its records: a shop account, an entry of a mailing list, a party of an ERP
   * system.
   *
   * The record is found by `source` and `externalId` and made when it is new. What is given is merged: an absent trait
   * stays, `null` removes one. A verified e-mail address, phone number, user id, loyalty card or ERP id that another
   * profile carries too, verified, links the two into one customer. What may not link is told as `refused`, with its
   * reason, each time, and written to the journal once.
   *
   * Scope `profiles:write`; roles `staff`, `partner`, `service`.
   */
  upsert(params: ProfilesUpsertParams, options?: CallOptions): Call<UpsertedProfileView, WriteErrorType>;
}

/** What can be done with signIns. */
export interface SignInsMethods {
  /**
   * Gives the token that a sign-in link stands for, once. Needs no token: the link's code is the proof.
   *
   * Codes are made by `ecrm sign-in` and hold for minutes. A wrong code, a used one and an expired one are refused
   * alike, and an address may try ten times a minute. An idempotency key does not bring the token again.
   *
   * Needs no token.
   */
  redeem(params: SignInsRedeemParams, options?: CallOptions): Call<SignedIn, OpenErrorType | "conflict" | "not_found">;
}

/** What can be done with traitPolicies. */
export interface TraitPoliciesMethods {
  /**
   * Lists the policies of traits, by name. A trait that has none shows its most recent value.
   *
   * Scope `traitPolicies:read`; roles `staff`, `partner`, `service`.
   */
  list(params?: TraitPoliciesListParams, options?: CallOptions): ListCall<PageOfTraitPolicy, CommonErrorType>;

  /**
   * Says which of a trait's values is shown where the sources say different things of a customer.
   *
   * All values are kept, each with its source and time; the policy chooses which of them is `current` in
   * `customers.get`, for every customer from now on. Without a policy, and by `mostRecent`, that is the value that
   * changed last. Among equals the most recent is shown, and among those the one of the earliest profile. Saving again
   * replaces the policy.
   *
   * Scope `traitPolicies:write`; roles `staff`, `partner`, `service`.
   */
  save(params: TraitPoliciesSaveParams, options?: CallOptions): Call<TraitPolicy, WriteErrorType>;
}

/** What can be done with recommendations. */
export interface RecommendationsMethods {
  /**
   * Products a customer may want next, best first, with the reasons.
   *
   * Products go with what the customer chose before; where that leads to too few, popular ones follow, so that somebody
   * nobody knows gets an answer too. What was bought already is left out unless asked for.
   *
   * Scope `recommendations:read`; roles `staff`, `partner`, `customer`, `service`.
   */
  forCustomer(
    params: RecommendationsForCustomerParams,
    options?: CallOptions,
  ): Call<RecommendedProducts, CommonErrorType | "not_found">;

  /**
   * Products that go with a product, best first: what the same customers chose.
   *
   * Scope `recommendations:read`; roles `staff`, `partner`, `customer`, `service`.
   */
  similar(
    params: RecommendationsSimilarParams,
    options?: CallOptions,
  ): Call<SimilarItems, CommonErrorType | "not_found">;

  /**
   * Learns which products go together, by item-to-item collaborative filtering over orders or over the click-stream.
   *
   * The job's result says how many customers and products there were. What was learnt before is replaced when the job
   * succeeds.
   *
   * Scope `recommendations:write`; roles `staff`, `partner`, `service`.
   */
  train(params: RecommendationsTrainParams, options?: CallOptions): JobCall<WriteErrorType>;
}

/** What can be done with cohorts. */
export interface CohortsMethods {
  /**
   * Customers by when they first bought, and how many of each cohort bought again in the periods after it.
   *
   * Weeks begin on Monday; all in UTC. Cancelled and returned orders are no purchases. What happened before `from`
   * makes a customer no part of any cohort of the report.
   *
   * Scope `cohorts:read`; roles `staff`, `partner`, `service`.
   */
  report(params: CohortsReportParams, options?: CallOptions): Call<CohortReport, CommonErrorType>;
}

/** What can be done with scorecard. */
export interface ScorecardMethods {
  /**
   * A handful of figures for each activity of the value chain, over the days from `from` up to `to`, UTC.
   *
   * Cancelled and returned orders are no purchases. A rate is absent where there is nobody it could be a share of.
   *
   * Scope `scorecard:read`; roles `staff`, `partner`, `service`.
   */
  get(params: ScorecardGetParams, options?: CallOptions): Call<Scorecard, CommonErrorType>;
}

/** What can be done with clv. */
export interface ClvMethods {
  /**
   * Fits the lifetime value models, BG/NBD for purchases (Fader, Hardie & Lee 2005) and Gamma-Gamma for spend (Fader &
   * Hardie 2013), tests them on what came after the calibration, and publishes them when they beat each customer's own
   * rate.
   *
   * One purchase per customer and day counts, in UTC; cancelled and returned orders are none. Where orders are in
   * several currencies the one with the most orders is taken. The job's result has the parameters, the log-likelihood
   * and the backtest.
   *
   * Scope `clv:write`; roles `staff`, `partner`, `service`.
   */
  fit(params: ClvFitParams, options?: CallOptions): JobCall<WriteErrorType>;

  /**
   * What a customer is worth within a horizon from the end of the model's calibration, and whether they still buy.
   *
   * Scope `clv:read`; roles `staff`, `partner`, `service`.
   */
  get(
    params: ClvGetParams,
    options?: CallOptions,
  ): Call<CustomerLifetimeValue, CommonErrorType | "no_purchases" | "not_found">;

  /**
   * Lists customers by what they are worth, or by how likely they still buy, highest first, over 365 days from the end
   * of the model's calibration.
   *
   * Scope `clv:read`; roles `staff`, `partner`, `service`.
   */
  list(
    params: ClvListParams,
    options?: CallOptions,
  ): ListCall<PageOfListedLifetimeValue, CommonErrorType | "not_found">;
}

/** What can be done with rfm. */
export interface RfmMethods {
  /**
   * A customer's recency, frequency and monetary value, scored against all other customers.
   *
   * Scope `rfm:read`; roles `staff`, `partner`, `service`.
   */
  get(params: RfmGetParams, options?: CallOptions): Call<CustomerRFM, CommonErrorType | "no_purchases" | "not_found">;

  /**
   * Lists customers with their recency, frequency and monetary value, who spent most first: all of them, or those of a
   * segment or with certain scores.
   *
   * The scores are those of `rfm.report` with five bins: all customers who had bought by the day make the scale.
   *
   * Scope `rfm:read`; roles `staff`, `partner`, `service`.
   */
  list(params: RfmListParams, options?: CallOptions): ListCall<PageOfCustomerRFM, CommonErrorType>;

  /**
   * Customers by recency, frequency and monetary value: how many in each cell and in each segment.
   *
   * Scores, cut points and segments as in the R package rfm 0.3. With no customers the lists are empty.
   *
   * Scope `rfm:read`; roles `staff`, `partner`, `service`.
   */
  report(params: RfmReportParams, options?: CallOptions): Call<RFMReport, CommonErrorType>;
}

/** Params of `events.collect`. */
export interface EventsCollectParams {
  /** Events, in the shape of Segment's tracking specification; members that are not used are kept. */
  batch: readonly ({ [name: string]: JSONValue })[];
  /** When the batch was sent, by the sender's clock; an event's own `sentAt` goes before it. */
  sentAt?: Instant;
}

/** Params of `funnels.report`. */
export interface FunnelsReportParams {
  /** Names of the events, 1 to 10, in order. */
  steps: readonly string[];
  /** Hours from the first step to the last, 1 to 8,760. */
  withinHours: number;
  /** First day of the first steps, UTC. */
  from: Day;
  /** Day after the last one. */
  to: Day;
}

/** Params of `jobs.cancel`. */
export interface JobsCancelParams {
  /** The job to cancel. */
  job: UUID;
}

/** Params of `jobs.get`. */
export interface JobsGetParams {
  /** The job, as the call that started it answered. */
  job: UUID;
}

/** Params of `jobs.list`. */
export interface JobsListParams {
  /** Only jobs in this state. */
  state?: JobState;
  /** Jobs on a page. */
  limit?: number;
  /** Where the last page ended. */
  cursor?: string;
}

/** Params of `sessions.list`. */
export interface SessionsListParams {
  /** The customer, by any of its profiles; either this or `anonymousId`. */
  customer?: UUID;
  /** The visitor. */
  anonymousId?: string;
  /** Sessions on a page. */
  limit?: number;
  /** Where the last page ended. */
  cursor?: string;
}

/** Params of `visitors.get`. */
export interface VisitorsGetParams {
  /** Id that the website gave the browser or device. */
  anonymousId: string;
}

/** Params of `consents.check`. */
export interface ConsentsCheckParams {
  /** The customer, by any of its profiles. */
  customer: UUID;
  /** What for. */
  purpose: string;
  /** Channel it would happen on; absent asks for all channels. */
  channel?: string;
}

/** Params of `consents.history`. */
export interface ConsentsHistoryParams {
  /** The customer, by any of its profiles. */
  customer: UUID;
  /** Records on a page. */
  limit?: number;
  /** Where the last page ended. */
  cursor?: string;
}

/** Params of `consents.record`. */
export interface ConsentsRecordParams {
  /** The customer, by the profile that the consent was given under. */
  customer: UUID;
  /** What for: `service`, `marketing` or `profiling`. */
  purpose: string;
  /** Channel it is about, as `email`; absent for all channels. */
  channel?: string;
  /** Whether it was given or taken back. */
  state: ConsentDecision;
  /** Legal basis, as `consent` or `contract`. */
  basis: string;
  /** Proof of it: text version, form, recording. */
  evidence?: JSONValue;
}

/** Params of `customers.get`. */
export interface CustomersGetParams {
  /** The customer, by any of its profiles. */
  customer: UUID;
}

/** Params of `customers.search`. */
export interface CustomersSearchParams {
  /** What to look for, 2 to 200 characters. */
  text: string;
  /** Customers on a page. */
  limit?: number;
  /** Where the last page ended. */
  cursor?: string;
}

/** Params of `customers.timeline`. */
export interface CustomersTimelineParams {
  /** The customer, by any of its profiles. */
  customer: UUID;
  /** Entries on a page. */
  limit?: number;
  /** Where the last page ended. */
  cursor?: string;
}

/** Params of `identities.block`. */
export interface IdentitiesBlockParams {
  /** Kind of the value; one that joins people: `email`, `phone`, `user`, `loyaltyCard` or `erp`. */
  kind: IdentifierKind;
  /** The value, in any spelling. */
  value: string;
  /** Why it identifies nobody. */
  reason: string;
  /** Whether the links that rest on it are removed. They stay when absent. */
  removeLinks?: boolean;
}

/** Params of `identities.blocked`. */
export interface IdentitiesBlockedParams {
  /** Only values of this kind. */
  kind?: IdentifierKind;
  /** Values on a page. */
  limit?: number;
  /** Where the last page ended. */
  cursor?: string;
}

/** Params of `identities.candidates`. */
export interface IdentitiesCandidatesParams {
  /** Only pairs with a profile of this customer, by any of its profiles. */
  customer?: UUID;
  /** Only pairs within these sources; between them when two are named. */
  sources?: readonly string[];
  /** Only pairs that are this likely. */
  minimumProbability?: number;
  /** Only pairs in this state. */
  state?: MatchState;
  /** Pairs on a page. */
  limit?: number;
  /** Where the last page ended. */
  cursor?: string;
}

/** Params of `identities.decide`. */
export interface IdentitiesDecideParams {
  /** A profile. */
  a: UUID;
  /** The other one. */
  b: UUID;
  /** Whether the two are one person. */
  verdict: MatchVerdict;
  /** Why. */
  reason: string;
}

/** Params of `identities.link`. */
export interface IdentitiesLinkParams {
  /** A profile, or a customer by any of its profiles. */
  a: UUID;
  /** The other one. */
  b: UUID;
  /** Why they are one. */
  reason: string;
}

/** Params of `identities.links`. */
export interface IdentitiesLinksParams {
  /** The customer, by any of its profiles. */
  customer: UUID;
  /** Links on a page. */
  limit?: number;
  /** Where the last page ended. */
  cursor?: string;
}

/** Params of `identities.match`. */
export interface IdentitiesMatchParams {
  /** As in `identities.train`; where these have no model of their own, that of all sources is used. */
  sources?: readonly string[];
  /** Pairs less likely than this are not kept; 0.5 when absent. */
  minimumProbability?: number;
}

/** Params of `identities.resolve`. */
export interface IdentitiesResolveParams {
  /** Kind of the identifier. */
  kind: IdentifierKind;
  /** Its value, in any spelling: addresses are compared without case, telephone numbers in E.164. */
  value: string;
}

/** Params of `identities.train`. */
export interface IdentitiesTrainParams {
  /** Within one source, within and among several, or, when two are named, between the two alone; all when absent. */
  sources?: readonly string[];
  /** Above which probability a pair links by itself. Never when absent: pairs wait for a person's decision. */
  linkAbove?: number;
}

/** Params of `identities.unblock`. */
export interface IdentitiesUnblockParams {
  /** Kind of the value. */
  kind: IdentifierKind;
  /** The value, in any spelling. */
  value: string;
}

/** Params of `identities.unlink`. */
export interface IdentitiesUnlinkParams {
  /** The link, as `identities.links` lists it. */
  link: UUID;
  /** Why they are not one. */
  reason: string;
}

/** Params of `orders.import`. */
export interface OrdersImportParams {
  /** Shop or ERP system the orders come from. */
  source: string;
  /** Orders; two of one id take effect in their order. */
  rows: readonly ImportedOrder[];
}

/** Params of `orders.list`. */
export interface OrdersListParams {
  /** The customer, by any of its profiles. */
  customer: UUID;
  /** Orders on a page. */
  limit?: number;
  /** Where the last page ended. */
  cursor?: string;
}

/** Params of `products.import`. */
export interface ProductsImportParams {
  /** Products; two of one SKU take effect in their order. */
  rows: readonly Product[];
}

/** Params of `profiles.import`. */
export interface ProfilesImportParams {
  /** System the records come from. */
  source: string;
  /** Records; two of one id take effect in their order. */
  rows: readonly ImportedProfile[];
}

/** Params of `profiles.upsert`. */
export interface ProfilesUpsertParams {
  /** System the record comes from. */
  source: string;
  /** Id of the record in its source. */
  externalId: string;
  /** What the source says of the person, by name; `null` removes a trait. */
  traits?: { [name: string]: JSONValue };
  /** What the person can be recognised by. */
  identifiers?: readonly Identifier[];
}

/** Params of `signIns.redeem`. */
export interface SignInsRedeemParams {
  /** The code, as it stands in the link after `#sign-in=`. */
  code: string;
}

/** Params of `traitPolicies.list`. */
export interface TraitPoliciesListParams {
  /** Policies on a page. */
  limit?: number;
  /** Where the last page ended. */
  cursor?: string;
}

/** Params of `traitPolicies.save`. */
export interface TraitPoliciesSaveParams {
  /** Name of the trait. */
  trait: string;
  /** How its value is chosen. */
  rule: SurvivorshipRule;
  /**
   * Sources by trust, the most trusted first, 1 to 100 of them; for `mostTrusted` alone. Sources that are not named
   * come after them all.
   */
  sources?: readonly string[];
}

/** Params of `recommendations.forCustomer`. */
export interface RecommendationsForCustomerParams {
  /** The customer, by any of its profiles. */
  customer: UUID;
  /** Products to answer, 1 to 200; 10 when absent. */
  limit?: number;
  /** Which training to use; the one by orders when absent, or else that by events. */
  signals?: SignalKind;
  /** Whether products that were bought already may come again. */
  includeBought?: boolean;
}

/** Params of `recommendations.similar`. */
export interface RecommendationsSimilarParams {
  /** The product. */
  sku: string;
  /** Products to answer, 1 to 50; 10 when absent. */
  limit?: number;
  /** Which training to use; the one by orders when absent, or else that by events. */
  signals?: SignalKind;
}

/** Params of `recommendations.train`. */
export interface RecommendationsTrainParams {
  /** What to learn from. */
  signals: SignalKind;
  /** Only what happened before this moment. */
  before?: Instant;
  /** How signals become likeness; `bm25` when absent. */
  weighting?: WeightingName;
}

/** Params of `cohorts.report`. */
export interface CohortsReportParams {
  /** Length of the periods. */
  grain: Grain;
  /** First day of the first cohort's purchases. */
  from: Day;
  /** Day after the last purchases that count. */
  to: Day;
  /** Only orders of this source. */
  source?: string;
}

/** Params of `scorecard.get`. */
export interface ScorecardGetParams {
  /** First day. */
  from: Day;
  /** Day after the last one. */
  to: Day;
}

/** Params of `clv.fit`. */
export interface ClvFitParams {
  /** Last day of the calibration, UTC; what comes after it is the backtest's hold-out. */
  calibrationEnd: Day;
  /** Unit of time of the parameters. */
  unit: TimeUnit;
  /** Only orders of this source; the model is published for it. */
  source?: string;
}

/** Params of `clv.get`. */
export interface ClvGetParams {
  /** The customer, by any of its profiles. */
  customer: UUID;
  /** Days from the end of calibration, 1 to 3,650. */
  horizonDays: number;
  /** The model of this source's orders, and the customer's orders of it; all orders when absent. */
  source?: string;
}

/** Params of `clv.list`. */
export interface ClvListParams {
  /** What to sort by. */
  sort: LifetimeValueOrder;
  /** The model of this source's orders; of all orders when absent. */
  source?: string;
  /** Customers on a page. */
  limit?: number;
  /** Where the last page ended. */
  cursor?: string;
}

/** Params of `rfm.get`. */
export interface RfmGetParams {
  /** The customer, by any of its profiles. */
  customer: UUID;
  /** Day of the analysis, UTC; today when absent. */
  asOf?: Day;
}

/** Params of `rfm.list`. */
export interface RfmListParams {
  /** Day of the analysis, UTC; orders after it do not count. */
  asOf: Day;
  /** Only customers of this segment. */
  segment?: RFMSegment;
  /** Only customers with this score of the days since the last order, 1 to 5. */
  recency?: number;
  /** Only customers with this score of the number of orders, 1 to 5. */
  frequency?: number;
  /** Only customers with this score of the sum of amounts, 1 to 5. */
  monetary?: number;
  /** Only orders of this source. */
  source?: string;
  /** Customers on a page. */
  limit?: number;
  /** Where the last page ended. */
  cursor?: string;
}

/** Params of `rfm.report`. */
export interface RfmReportParams {
  /** Day of the analysis, UTC; orders after it do not count. */
  asOf: Day;
  /** Scores in each measure, 2 to 10; 5 when absent. */
  bins?: number;
  /** Only orders of this source. */
  source?: string;
}

/** The kinds of errors, each with its code. */
export interface ErrorCodes {
  /** Parse error */
  parse_error: -32700;
  /** Internal error */
  internal_error: -32603;
  /** Invalid params */
  invalid_params: -32602;
  /** Method not found */
  method_not_found: -32601;
  /** Invalid Request */
  invalid_request: -32600;
  /** The call took longer than it may. */
  deadline_exceeded: -32011;
  /** The service cannot answer now; the same call may succeed later. */
  unavailable: -32010;
  /** The thing is in a state that does not allow this. */
  wrong_state: -32009;
  /** A call with this idempotency key is still running. */
  in_progress: -32008;
  /** The idempotency key was used for another call. */
  idempotency_mismatch: -32007;
  /** The call contradicts what is stored. */
  conflict: -32006;
  /** More calls than the rate limit allows. */
  limit_exceeded: -32005;
  /** What the call names does not exist. */
  not_found: -32004;
  /** The caller may not do this. */
  forbidden: -32003;
  /** A valid bearer token is needed. */
  unauthenticated: -32001;
  /** The customer bought nothing before the model's calibration ended. */
  no_purchases: 3001;
}

/** The kinds of errors. */
export type ErrorType = keyof ErrorCodes;

/** What every method may answer, those that need no token included. */
export type OpenErrorType =
  | "parse_error"
  | "internal_error"
  | "invalid_params"
  | "method_not_found"
  | "invalid_request"
  | "deadline_exceeded"
  | "unavailable"
  | "limit_exceeded";

/** What every method may answer that needs a token. */
export type CommonErrorType =
  | "parse_error"
  | "internal_error"
  | "invalid_params"
  | "method_not_found"
  | "invalid_request"
  | "deadline_exceeded"
  | "unavailable"
  | "limit_exceeded"
  | "forbidden"
  | "unauthenticated";

/** What every write may answer. */
export type WriteErrorType =
  | "parse_error"
  | "internal_error"
  | "invalid_params"
  | "method_not_found"
  | "invalid_request"
  | "deadline_exceeded"
  | "unavailable"
  | "in_progress"
  | "idempotency_mismatch"
  | "conflict"
  | "limit_exceeded"
  | "forbidden"
  | "unauthenticated";

/** Visitors, and who became a buyer. */
export interface AcquisitionFigures {
  /** Customers, and visitors nobody knows, with events in the period. */
  visitors: number;
  /** Events in the period. */
  events: number;
  /** Visitors known by an account. */
  identifiedVisitors: number;
  /** Customers whose first purchase lies in the period. */
  newCustomers: number;
}

/** What rests on a value that was blocked. */
export interface BlockedIdentity {
  /** Links by the value that hold. */
  standing: number;
  /** Links by the value that this call removed. */
  removed: number;
}

/** A value that identifies nobody, although it looks as if it did. */
export interface BlockedValue {
  /** Kind of the value. */
  kind: IdentifierKind;
  /** Value in its normal form. */
  value: string;
  /** Why it identifies nobody. */
  reason: string;
  /** When it was blocked; absent for what the suite came with. */
  blockedAt?: Instant;
  /** Whose token blocked it. */
  blockedBy?: string;
}

/** An identifier with the profile that carries it. */
export interface CarriedIdentifier {
  /** What kind of identifier it is. */
  kind: IdentifierKind;
  /** Value in its normal form. */
  value: string;
  /** Whether the source has proof that the value is this person's. */
  verified: boolean;
  /** Profile that carries it. */
  profile: UUID;
  /** System the profile comes from. */
  source: string;
  /** When the profile was first seen with it. */
  at: Instant;
}

/** One view of each customer, as it is now. */
export interface ChannelFigures {
  /** Customers there are, visitors nobody knows included. */
  customers: number;
  /** Profiles of all customers. */
  profiles: number;
  /** Customers known by more than one profile. */
  linkedCustomers: number;
  /** Customers who allow marketing on one channel at least by the end of the period. */
  reachableForMarketing: number;
}

/** Customers who first bought in one period. */
export interface Cohort {
  /** First day of the period. */
  start: Day;
  /** Customers who first bought in it; of the period that holds `from`, those who did so on that day or later. */
  customers: number;
  /** What they bought, in it and after it; periods without a purchase are left out. */
  periods: CohortPeriod[];
}

/** A cohort's purchases in one period. */
export interface CohortPeriod {
  /** Periods since the cohort's own, which is 0. */
  period: number;
  /** Customers of the cohort who bought in it. */
  customers: number;
  /** Their part of the cohort, 0 to 1. */
  retention: number;
  /** What they bought, by currency. */
  revenue: Money[];
}

/** Cohorts at a moment. */
export interface CohortReport {
  /** When the figures were taken. */
  asOf: Instant;
  /** Time zone in which periods begin. */
  timeZone: string;
  /** Length of the periods. */
  grain: Grain;
  /** Cohorts that have customers, earliest first. */
  cohorts: Cohort[];
}

/** What became of a batch of events. */
export interface CollectedEvents {
  /** Events that were stored. */
  accepted: number;
  /** Events that had come before. */
  duplicates: number;
  /** Events that are not in order. */
  rejected: RejectedRow[];
  /** Events that were stored although they do not join visitor and account as they ask for. */
  refused: RefusedIdentification[];
}

/**
 * Whether a person agreed or took it back.
 *
 * - `granted`: The person agreed.
 * - `withdrawn`: The person refused or took it back.
 */
export type ConsentDecision =
  | "granted"
  | "withdrawn";

/** One record of consent; records are only ever added. */
export interface ConsentRecord {
  /** Id of the record. */
  consent: UUID;
  /** Profile that the consent was given under. */
  profile: UUID;
  /** What for, as `marketing`. */
  purpose: string;
  /** Channel the record is about; absent for all channels. */
  channel?: string;
  /** Whether it was given or taken back. */
  state: ConsentDecision;
  /** Legal basis, in the words of whoever recorded it. */
  basis: string;
  /** Proof: a form's text version, a recording, an address. */
  evidence?: JSONValue;
  /** When it was recorded. */
  recordedAt: Instant;
}

/** What the latest record says of a purpose on a channel. */
export interface ConsentState {
  /** What for, as `marketing`. */
  purpose: string;
  /** Channel it is about; absent for all channels. */
  channel?: string;
  /** Whether the person agrees. */
  state: ConsentDecision;
  /** Legal basis, in the words of whoever recorded it. */
  basis: string;
  /** When the deciding record was made. */
  recordedAt: Instant;
}

/** Whether something may be done to a customer, and why. */
export interface ConsentVerdict {
  /** Whether it may be done. */
  allowed: boolean;
  /** `granted`, `withdrawn`, or `unrecorded` when nobody ever asked. */
  reason: string;
  /** When the deciding record was made. */
  recordedAt?: Instant;
}

/** What a customer is worth. Estimates are plain numbers in units of the currency, not amounts of money. */
export interface CustomerLifetimeValue {
  /** The customer. */
  customer: UUID;
  /** Purchases to expect within the horizon. */
  expectedPurchases: number;
  /** Money to expect within the horizon, not discounted. */
  expectedValue: number;
  /** Money to expect of one purchase. */
  expectedSpend: number;
  /** Probability that the customer has not stopped buying, 0 to 1. */
  probabilityAlive: number;
  /** Currency of the figures. */
  currency: string;
  /** Days that the figures look ahead. */
  horizonDays: number;
  /** End of the model's calibration, where the horizon begins. */
  asOf: Day;
  /** What the figures rest on. */
  history: PurchaseHistory;
}

/** A customer's measures, their scores from 1 to 5, and the segment. */
export interface CustomerRFM {
  /** The customer. */
  customer: UUID;
  /** Day of the analysis, UTC. */
  asOf: Day;
  /** Days since the last order. */
  recencyDays: number;
  /** Number of orders. */
  frequency: number;
  /** Sum of the orders' amounts, in units of the currency. */
  monetaryValue: number;
  /** Score of the days since the last order, the highest for the most recent. */
  recencyScore: number;
  /** Score of the number of orders. */
  frequencyScore: number;
  /** Score of the sum of amounts. */
  monetaryScore: number;
  /** Group of customers alike in these scores. */
  segment: RFMSegment;
  /** Name people know the segment by. */
  title: string;
}

/**
 * Everything known of one customer, over all of its profiles.
 *
 * A pure function of the facts and the active links: unlinking brings back, byte for byte, what was shown before.
 */
export interface CustomerView {
  /** Id of the customer: that of the earliest profile. */
  customer: UUID;
  /** Profiles, earliest first. */
  profiles: Profile[];
  /** Identifiers the profiles carry, by kind and value. */
  identifiers: CarriedIdentifier[];
  /** Traits by name, the one to show first: by the trait's policy, otherwise the most recent. */
  traits: Trait[];
  /** What decides on each purpose and channel now. */
  consents: ConsentState[];
  /** Purchases by currency; cancelled and returned orders are none. */
  orderTotals: OrderTotal[];
}

/** What a decision leaves. */
export interface DecidedMatch {
  /** Customer the first profile belongs to now. */
  a: UUID;
  /** Customer the second one belongs to now; the same where other links still join them. */
  b: UUID;
}

/** How much they bought. */
export interface ExpansionFigures {
  /** Orders in the period. */
  orders: number;
  /** Orders per active customer. */
  ordersPerCustomer?: number;
  /** Revenue per order, by currency, rounded to two decimals. */
  averageOrder: Money[];
  /** Revenue by currency. */
  revenue: Money[];
}

/** A customer that a search found. */
export interface FoundCustomer {
  /** The customer. */
  customer: UUID;
  /** How well it fits: 1 for every word found as it is, less for its beginning or its likeness. */
  score: number;
  /** What was found, the best fit first. */
  matches: string[];
}

/** A funnel at a moment. */
export interface Funnel {
  /** When the figures were taken. */
  asOf: Instant;
  /** Steps in the order that was asked for. */
  steps: FunnelStep[];
}

/** How far visitors came. */
export interface FunnelStep {
  /** Name of the step's event. */
  event: string;
  /** Customers, or visitors nobody knows, that reached the step. */
  visitors: number;
  /** Share of those that took the first step. */
  rate: number;
  /**
   * Median of the seconds from the first step to this one, of each visitor's first way to it; absent at the first step,
   * and where nobody came.
   */
  medianSeconds?: number;
}

/**
 * Length of a report's periods.
 *
 * - `week`: Weeks that begin on Monday.
 * - `month`: Months of the calendar.
 */
export type Grain =
  | "week"
  | "month";

/** A value by which a profile can be recognised, normalised by its kind. */
export interface Identifier {
  /** What kind of identifier it is. */
  kind: IdentifierKind;
  /** Whether the source has proof that the value is this person's. Only verified values join profiles. */
  verified?: boolean;
  /** Value in its normal form: addresses in lower case, telephone numbers in E.164. */
  value: string;
}

/**
 * What a profile can be known by.
 *
 * - `email`: E-mail address.
 * - `phone`: Telephone number in E.164.
 * - `user`: Account of a website or application.
 * - `anonymous`: Browser or device nobody has signed in on.
 * - `loyaltyCard`: Card of a loyalty program.
 * - `social`: Account of a social network.
 * - `erp`: Party of an ERP system.
 */
export type IdentifierKind =
  | "email"
  | "phone"
  | "user"
  | "anonymous"
  | "loyaltyCard"
  | "social"
  | "erp";

/** What became of the rows of a bulk call; the four kinds add up to the rows. */
export interface ImportReport {
  /** Rows that made something new. */
  accepted: number;
  /** Rows that changed something. */
  updated: number;
  /** Rows that said what was known. */
  unchanged: number;
  /** Rows that were not taken. */
  rejected: RejectedRow[];
}

/** An order of an import. */
export interface ImportedOrder {
  /** Id of the order in its source. */
  externalId: string;
  /** Who ordered. */
  customer: ProfileReference;
  /** When it was ordered. */
  orderedAt: Instant;
  /** Currency of the prices. */
  currency: string;
  /** What was ordered; zero prices and negative quantities are allowed. */
  lines: readonly OrderLineInput[];
  /** How far it has come; `placed` when absent. */
  status?: OrderStatus;
}

/** A record of an import. */
export interface ImportedProfile {
  /** Id of the record in its source. */
  externalId: string;
  /** What the source says of the person, by name; `null` removes a trait. */
  traits?: { [name: string]: JSONValue };
  /** What the person can be recognised by. */
  identifiers?: readonly Identifier[];
}

/** Work that outlasts its call. */
export interface Job {
  /** Id of the job. */
  job: UUID;
  /** What it does, as `clv.fit`. */
  name: string;
  /** How far the job has come. */
  state: JobState;
  /** Share of the work done, 0 to 1. */
  progress: number;
  /** What the work answered; present once it succeeded. */
  result?: JSONValue;
  /** Why it failed; present once it failed. */
  error?: JobFailure;
  /** When a call started it. */
  createdAt: Instant;
  /** When it ended; absent until then. */
  finishedAt?: Instant;
}

/** Why a job failed. */
export interface JobFailure {
  /** What clients switch on, as in the errors of calls. */
  type: string;
  /** What went wrong, a sentence. */
  message: string;
}

/** The answer of a call that started a job: ask `jobs.get` for it. */
export interface JobReference {
  /** Id of the job that was started. */
  job: UUID;
}

/**
 * How far a job has come.
 *
 * - `queued`: Waits for a worker.
 * - `running`: A worker has it.
 * - `succeeded`: Ended with a result.
 * - `failed`: Ended with an error.
 * - `cancelled`: Ended because a call cancelled it.
 */
export type JobState =
  | "queued"
  | "running"
  | "succeeded"
  | "failed"
  | "cancelled";

/**
 * What a list of customers is sorted by.
 *
 * - `value`: By the money to expect.
 * - `probabilityAlive`: By the probability that the customer has not stopped buying.
 */
export type LifetimeValueOrder =
  | "value"
  | "probabilityAlive";

/** Evidence that two profiles are one person, and what became of it. */
export interface Link {
  /** Id of the link. */
  link: UUID;
  /** One profile. */
  a: UUID;
  /** The other profile. */
  b: UUID;
  /**
   * `manual`, `identify`, `match` (by probability), or the kind and value both profiles carry, as
   * `email:ada@example.com`.
   */
  evidence: string;
  /** Why a person linked them. */
  reason?: string;
  /** When the two were linked. */
  createdAt: Instant;
  /** When the link was removed; absent while it holds. */
  removedAt?: Instant;
  /** Why a person removed it. */
  removedReason?: string;
}

/**
 * Why profiles are not linked although something says that they are one person.
 *
 * - `roleAddress`: The address is a role's, as `info@`: many people may stand behind it.
 * - `blocked`: The value is on the list of values that identify nobody.
 * - `removedByHand`: A person removed the link of this evidence between the two.
 * - `decidedDifferent`: A person decided that the two are two people.
 * - `sharedDevice`: Somebody else signed in on the device before: the visitor's profile is closed, and another one
 *   begins.
 */
export type LinkRefusal =
  | "roleAddress"
  | "blocked"
  | "removedByHand"
  | "decidedDifferent"
  | "sharedDevice";

/** A link and the customer it makes. */
export interface LinkedCustomer {
  /** The link, new or there already. */
  link: UUID;
  /** Customer both profiles belong to now. */
  customer: UUID;
}

/** A profile that was linked, and by what. */
export interface LinkedProfile {
  /** The profile that was linked. */
  profile: UUID;
  /** Kind and value that both carry, as `email:ada@example.com`. */
  evidence: string;
}

/** A customer's figures over 365 days. */
export interface ListedLifetimeValue {
  /** The customer. */
  customer: UUID;
  /** Purchases to expect. */
  expectedPurchases: number;
  /** Money to expect, not discounted, in units of the currency. */
  expectedValue: number;
  /** Probability that the customer has not stopped buying, 0 to 1. */
  probabilityAlive: number;
  /** Currency of the figures. */
  currency: string;
}

/** A pair of profiles that may be one person. */
export interface MatchCandidate {
  /** One record, that of the smaller id. */
  a: MatchedProfile;
  /** The other record. */
  b: MatchedProfile;
  /** How likely it is that the two are one person, 0 to 1. */
  probability: number;
  /** What it rests on; a field that either record lacks says nothing. */
  fields: MatchFinding[];
  /** What became of the pair. */
  state: MatchState;
}

/**
 * What two records are compared by: the standard traits, and the addresses that profiles carry.
 *
 * - `givenName`: First name.
 * - `familyName`: Family name.
 * - `dateOfBirth`: Day of birth.
 * - `streetNumber`: Number of the house.
 * - `street`: Street.
 * - `locality`: Town or suburb.
 * - `postalCode`: Postal code.
 * - `region`: State, province or county.
 * - `country`: Country.
 * - `occupation`: What the person does.
 * - `birthPlace`: Where the person was born.
 * - `gender`: Gender, as the source has it.
 * - `company`: Organisation the person stands for.
 * - `nationalId`: Number that a state gives a person.
 * - `timeZone`: Time zone.
 * - `locale`: Language and country of the interface.
 * - `email`: E-mail address.
 * - `phone`: Telephone number.
 */
export type MatchField =
  | "givenName"
  | "familyName"
  | "dateOfBirth"
  | "streetNumber"
  | "street"
  | "locality"
  | "postalCode"
  | "region"
  | "country"
  | "occupation"
  | "birthPlace"
  | "gender"
  | "company"
  | "nationalId"
  | "timeZone"
  | "locale"
  | "email"
  | "phone";

/** What one field says of a pair. */
export interface MatchFinding {
  /** The field both records tell. */
  field: MatchField;
  /** How far they agree. */
  level: MatchLevel;
  /** Logarithm to base 2 of how much likelier that is between records of one person than of two. */
  weight: number;
}

/**
 * How far two values agree.
 *
 * - `exact`: The same in their normal form.
 * - `near`: Jaro-Winkler similarity of at least 0.92, or one typing error.
 * - `similar`: Jaro-Winkler similarity of at least 0.8; of dates, two digits differ.
 * - `partial`: A part is the same: an initial, one of several words, two of day, month and year, the beginning of a
 *   code, the last seven digits of a telephone number.
 * - `typingError`: One character was typed wrongly, left out, added, or changed places with its neighbour.
 * - `swapped`: Given and family name, or day and month, changed places.
 * - `sameMailbox`: The part before the `@` is the same, the rest is not.
 * - `different`: None of these.
 */
export type MatchLevel =
  | "exact"
  | "near"
  | "similar"
  | "partial"
  | "typingError"
  | "swapped"
  | "sameMailbox"
  | "different";

/**
 * What became of a pair that may be one person.
 *
 * - `open`: Nobody has decided yet.
 * - `weakChain`: As `open`; kept apart by itself, since the pair alone would join two groups that little else joins.
 * - `linked`: The two are one customer, by whatever link.
 * - `same`: Somebody decided that the two are one person.
 * - `different`: Somebody decided that the two are not, for ever.
 */
export type MatchState =
  | "open"
  | "weakChain"
  | "linked"
  | "same"
  | "different";

/**
 * What a person says of a pair.
 *
 * - `same`: The two are one person: they are linked.
 * - `different`: The two are not, and are never linked by probability.
 */
export type MatchVerdict =
  | "same"
  | "different";

/** A record of a pair. */
export interface MatchedProfile {
  /** Id of the profile. */
  profile: UUID;
  /** System the record comes from. */
  source: string;
  /** Id of the record in its source. */
  externalId: string;
}

/** An exact amount of one currency: `{"amount": "79.90", "currency": "EUR"}` on the wire. */
export interface Money {
  /** Amount in units of the currency, with at least as many decimals as the currency is written with. */
  amount: Decimal;
  /** Currency of the amount. */
  currency: string;
}

/** An exact amount of one currency: `{"amount": "79.90", "currency": "EUR"}` on the wire. */
export interface MoneyInput {
  /** Amount in units of the currency, with at least as many decimals as the currency is written with. */
  amount: Decimal | number;
  /** Currency of the amount. */
  currency: string;
}

/** An order as the shop or the ERP system recorded it. */
export interface Order {
  /** Id of the order. */
  order: UUID;
  /** Profile that ordered. */
  profile: UUID;
  /** Shop or ERP system that the order comes from. */
  source: string;
  /** Id of the order in its source. */
  externalId: string;
  /** When it was ordered. */
  orderedAt: Instant;
  /** How far it has come. */
  status: OrderStatus;
  /** Sum of the lines. */
  total: Money;
  /** What was ordered. */
  lines: OrderLine[];
}

/** A line of an order. Zero prices and negative quantities occur: gifts, returned goods. */
export interface OrderLine {
  /** The product. */
  sku: string;
  /** How many, or how much. */
  quantity: Decimal;
  /** Price of one unit, in the order's currency. */
  unitPrice: Decimal;
}

/** A line of an order. Zero prices and negative quantities occur: gifts, returned goods. */
export interface OrderLineInput {
  /** The product. */
  sku: string;
  /** How many, or how much. */
  quantity: Decimal | number;
  /** Price of one unit, in the order's currency. */
  unitPrice: Decimal | number;
}

/**
 * How far an order has come.
 *
 * - `placed`: Ordered and not yet carried out.
 * - `fulfilled`: Carried out.
 * - `cancelled`: Never carried out: no purchase.
 * - `returned`: Taken back whole: no purchase.
 */
export type OrderStatus =
  | "placed"
  | "fulfilled"
  | "cancelled"
  | "returned";

/** Purchases in one currency. */
export interface OrderTotal {
  /** Currency of the orders. */
  currency: string;
  /** Number of orders. */
  orders: number;
  /** Sum of the orders. */
  revenue: Money;
  /** Time of the earliest order. */
  firstOrderedAt: Instant;
  /** Time of the latest order. */
  lastOrderedAt: Instant;
}

/** A page of a list, in the list's order. */
export interface PageOfBlockedValue {
  /** The page's items. */
  items: BlockedValue[];
  /** Where the next page begins; absent on the last page. Opaque, and valid only with the same filter. */
  nextCursor?: string;
}

/** A page of a list, in the list's order. */
export interface PageOfConsentRecord {
  /** The page's items. */
  items: ConsentRecord[];
  /** Where the next page begins; absent on the last page. Opaque, and valid only with the same filter. */
  nextCursor?: string;
}

/** A page of a list, in the list's order. */
export interface PageOfCustomerRFM {
  /** The page's items. */
  items: CustomerRFM[];
  /** Where the next page begins; absent on the last page. Opaque, and valid only with the same filter. */
  nextCursor?: string;
}

/** A page of a list, in the list's order. */
export interface PageOfFoundCustomer {
  /** The page's items. */
  items: FoundCustomer[];
  /** Where the next page begins; absent on the last page. Opaque, and valid only with the same filter. */
  nextCursor?: string;
}

/** A page of a list, in the list's order. */
export interface PageOfJob {
  /** The page's items. */
  items: Job[];
  /** Where the next page begins; absent on the last page. Opaque, and valid only with the same filter. */
  nextCursor?: string;
}

/** A page of a list, in the list's order. */
export interface PageOfLink {
  /** The page's items. */
  items: Link[];
  /** Where the next page begins; absent on the last page. Opaque, and valid only with the same filter. */
  nextCursor?: string;
}

/** A page of a list, in the list's order. */
export interface PageOfListedLifetimeValue {
  /** The page's items. */
  items: ListedLifetimeValue[];
  /** Where the next page begins; absent on the last page. Opaque, and valid only with the same filter. */
  nextCursor?: string;
}

/** A page of a list, in the list's order. */
export interface PageOfMatchCandidate {
  /** The page's items. */
  items: MatchCandidate[];
  /** Where the next page begins; absent on the last page. Opaque, and valid only with the same filter. */
  nextCursor?: string;
}

/** A page of a list, in the list's order. */
export interface PageOfOrder {
  /** The page's items. */
  items: Order[];
  /** Where the next page begins; absent on the last page. Opaque, and valid only with the same filter. */
  nextCursor?: string;
}

/** A page of a list, in the list's order. */
export interface PageOfSession {
  /** The page's items. */
  items: Session[];
  /** Where the next page begins; absent on the last page. Opaque, and valid only with the same filter. */
  nextCursor?: string;
}

/** A page of a list, in the list's order. */
export interface PageOfTimelineEntry {
  /** The page's items. */
  items: TimelineEntry[];
  /** Where the next page begins; absent on the last page. Opaque, and valid only with the same filter. */
  nextCursor?: string;
}

/** A page of a list, in the list's order. */
export interface PageOfTraitPolicy {
  /** The page's items. */
  items: TraitPolicy[];
  /** Where the next page begins; absent on the last page. Opaque, and valid only with the same filter. */
  nextCursor?: string;
}

/** What the figures rest on. */
export interface PerformanceFigures {
  /** Latest purchase of the period; absent without one. */
  latestOrderAt?: Instant;
  /** Latest event of the period; absent without one. */
  latestEventAt?: Instant;
  /** Jobs of all services that succeeded in the period. */
  jobsSucceeded: number;
  /** Jobs of all services that failed in the period. */
  jobsFailed: number;
}

/** Something that is sold. */
export interface Product {
  /** The product's id in the shop. */
  sku: string;
  /** Name that people know it by, 1 to 500 bytes. */
  name: string;
  /** Group of products that it belongs to. */
  category?: string;
  /** Price of one unit. */
  price?: MoneyInput;
  /** What else the shop says of it. */
  attributes?: JSONValue;
}

/**
 * One source's record of a person: a visitor, a web account, an entry of a mailing list, a party of an ERP system.
 *
 * Its identity is `source` and `externalId`, for ever.
 */
export interface Profile {
  /** Id of the profile, for ever. */
  profile: UUID;
  /** System the record comes from. */
  source: string;
  /** Id of the record in its source. */
  externalId: string;
  /** When the suite first heard of it. */
  createdAt: Instant;
}

/** What became of the records of an import; the four kinds of rows add up to the rows. */
export interface ProfileImportReport {
  /** Rows that made something new. */
  accepted: number;
  /** Rows that changed something. */
  updated: number;
  /** Rows that said what was known. */
  unchanged: number;
  /** Rows that were not taken. */
  rejected: RejectedRow[];
  /** Links that values of rows which were taken speak for and that are not made. */
  refused: RefusedRecordLink[];
}

/** A profile by its identity in its source. */
export interface ProfileReference {
  /** System the record comes from. */
  source: string;
  /** Id of the record in that system. */
  externalId: string;
}

/**
 * All that the models of lifetime value need to know of a customer: how often, how recently, for how long and for how
 * much.
 *
 * Purchases of one day count as one, with their amounts added up, and the first day makes the customer, so it is not
 * counted as a repeat (Fader, Hardie & Lee 2005, "Counting Your Customers" the Easy Way, Marketing Science 24(2)).
 */
export interface PurchaseHistory {
  /** Days with a purchase after the first one: x. */
  frequency: number;
  /** Weeks from the first to the last purchase: t_x, 0 without a repeat. */
  recencyWeeks: number;
  /** Weeks from the first purchase to the end of observation: T. */
  ageWeeks: number;
  /** Mean amount of the repeat days, 0 without one. */
  meanRepeatSpend: number;
}

/** Customers with the same three scores. */
export interface RFMCell {
  /** Score of the days since the last order, the highest for the most recent. */
  recency: number;
  /** Score of the number of orders. */
  frequency: number;
  /** Score of the sum of amounts. */
  monetary: number;
  /** Customers in the cell. */
  customers: number;
}

/** Where one score ends and the next begins, ascending. */
export interface RFMCutPoints {
  /** Cuts in days since the last order. */
  recencyDays: number[];
  /** Cuts in orders. */
  frequency: number[];
  /** Cuts in units of the currency. */
  monetaryValue: number[];
}

/** Customers by recency, frequency and monetary value on a day. */
export interface RFMReport {
  /** Day of the analysis, UTC. */
  asOf: Day;
  /** Time zone that days are of. */
  timeZone: string;
  /** Scores in each measure. */
  bins: number;
  /** Customers who had bought by that day. */
  customers: number;
  /** Where one score ends and the next begins; absent without customers. */
  cutPoints?: RFMCutPoints;
  /** Cells that have customers. */
  cells: RFMCell[];
  /** Segments that have customers, the largest first. */
  segments: RFMSegmentCount[];
}

/**
 * A group of customers alike in recency, frequency and monetary value.
 *
 * The segments are those of the documentation of the R package rfm 0.3, tried in the order in which they stand here:
 * the first whose intervals hold all three scores is the customer's.
 *
 * - `champions`: Bought lately, often and most.
 * - `potentialLoyalist`: Bought lately and more than once.
 * - `loyalCustomers`: Buys regularly.
 * - `promising`: Bought lately, seldom, for much.
 * - `newCustomers`: Bought lately for the first times.
 * - `cannotLoseThem`: Bought often and for much, and long ago.
 * - `atRisk`: Bought for much, and long ago.
 * - `needAttention`: Bought often and for much, and has begun to stay away.
 * - `aboutToSleep`: Bought seldom, and has begun to stay away.
 * - `lost`: Bought longest ago.
 * - `others`: None of the above.
 */
export type RFMSegment =
  | "champions"
  | "potentialLoyalist"
  | "loyalCustomers"
  | "promising"
  | "newCustomers"
  | "cannotLoseThem"
  | "atRisk"
  | "needAttention"
  | "aboutToSleep"
  | "lost"
  | "others";

/** Customers of a segment. */
export interface RFMSegmentCount {
  /** The segment. */
  segment: RFMSegment;
  /** Name people know it by. */
  title: string;
  /** Customers in it. */
  customers: number;
  /** Part of all customers, 0 to 1. */
  share: number;
  /** Sum of their orders' amounts, in units of the currency. */
  monetaryValue: number;
}

/** A product that speaks for another one. */
export interface RecommendationReason {
  /** Product of the customer's history. */
  sku: string;
  /** Part of the score that comes from it, above 0 and at most 1. */
  share: number;
}

/** A product a customer may want. */
export interface RecommendedProduct {
  /** The product. */
  sku: string;
  /** Comparable within one basis: the sum of likenesses, or the number of customers who chose it. */
  score: number;
  /** `history` when it goes with what the customer chose, `popularity` otherwise. */
  basis: string;
  /** Products of the customer's history that speak for it, the strongest first; none when it is popular only. */
  reasons: RecommendationReason[];
}

/** Products, best first. */
export interface RecommendedProducts {
  /** The products. */
  items: RecommendedProduct[];
}

/** An event whose visitor and account are not linked. Whom it would have joined is not told to a website. */
export interface RefusedIdentification {
  /** The event's `messageId`. */
  messageId: string;
  /** Why the two are not linked. */
  reason: LinkRefusal;
}

/** A link that evidence speaks for and that is not made. */
export interface RefusedLink {
  /** `identify`, `match`, or the kind and value both profiles carry, as `email:info@example.com`. */
  evidence: string;
  /** Profile that it would have been linked with. */
  with: UUID;
  /** Why it is not. */
  reason: LinkRefusal;
}

/** A link that a record's value speaks for and that is not made. */
export interface RefusedRecordLink {
  /** The record, by its id in its source. */
  externalId: string;
  /** Kind and value that both profiles carry, as `email:info@example.com`. */
  evidence: string;
  /** Profile that it would have been linked with. */
  with: UUID;
  /** Why it is not. */
  reason: LinkRefusal;
}

/** A row that was not taken. */
export interface RejectedRow {
  /** Position of the row in the call, from 0. */
  index: number;
  /** A type of wire errors, as `invalid_params`. */
  type: string;
  /** What is wrong with it. */
  message: string;
}

/** Whom an identifier belongs to. */
export interface ResolvedIdentity {
  /** Absent when nobody carries the identifier. */
  customer?: UUID;
}

/** Who stayed. */
export interface RetentionFigures {
  /** Customers who bought in the period. */
  activeCustomers: number;
  /** Customers who bought before the period, and not in it. */
  lapsedCustomers: number;
  /** Share of the active customers who have bought on more than one day, ever. */
  repeatRate?: number;
  /** Share of the new customers who bought on a second day by the end of the period. */
  secondPurchaseRate?: number;
}

/** The value chain in figures. */
export interface Scorecard {
  /** When the figures were taken. */
  asOf: Instant;
  /** Time zone in which days begin. */
  timeZone: string;
  /** First day. */
  from: Day;
  /** Day after the last one. */
  to: Day;
  /** Visitors, and who became a buyer. */
  acquisition: AcquisitionFigures;
  /** Who stayed. */
  retention: RetentionFigures;
  /** How much they bought. */
  expansion: ExpansionFigures;
  /** One view of each customer. */
  channelIntegration: ChannelFigures;
  /** How fresh the facts are, and how the suite's own work went. */
  performanceMeasurement: PerformanceFigures;
}

/** A visit: events with no more than 30 minutes between one and the next. */
export interface Session {
  /** The visitor's profile. */
  profile: UUID;
  /** Time of the event that began it. */
  startedAt: Instant;
  /** Time of the event that ended it. */
  endedAt: Instant;
  /** Events within it. */
  events: number;
  /** Name of the event that began it. */
  firstEvent: string;
  /** Name of the event that ended it. */
  lastEvent: string;
}

/**
 * What recommendations are learnt from.
 *
 * - `orders`: Products in orders that were not cancelled or returned.
 * - `events`: Events of the click-stream that name a product by `sku` or `product_id` in their properties.
 */
export type SignalKind =
  | "orders"
  | "events";

/** What a sign-in link gave. */
export interface SignedIn {
  /** The bearer token, to be sent as `Authorization: Bearer` with every call. */
  token: string;
}

/** Products, best first. */
export interface SimilarItems {
  /** The products. */
  items: SimilarProduct[];
}

/** A product that goes with another one. */
export interface SimilarProduct {
  /** The product. */
  sku: string;
  /** Likeness; comparable among the neighbours of one product. */
  score: number;
}

/**
 * Which of a trait's values is shown where the sources say different things. The others are kept.
 *
 * - `mostRecent`: The value that changed last.
 * - `mostTrusted`: The value of the source that is named first; among equals the most recent.
 * - `mostFrequent`: The value that most of the customer's profiles tell; among equals the most recent.
 */
export type SurvivorshipRule =
  | "mostRecent"
  | "mostTrusted"
  | "mostFrequent";

/**
 * Unit of time of a model's parameters.
 *
 * - `week`: Seven days.
 */
export type TimeUnit =
  | "week";

/** Something that happened to a customer. */
export interface TimelineEntry {
  /** When it happened. */
  at: Instant;
  /** What it was, as `order.placed`, `event.track`, `link.created`. */
  type: string;
  /** Profile that it happened to. */
  profile: UUID;
  /** System or service that reported it. */
  source: string;
  /** The fact itself, shaped by its type. */
  details: JSONValue;
}

/** Something a source says of a person. */
export interface Trait {
  /** Name of the trait, as `givenName`. */
  name: string;
  /** What the source says. */
  value: JSONValue;
  /** Whether it is the one to show of its name: by the trait's policy, otherwise the most recent. */
  current: boolean;
  /** Profile that the source says it of. */
  profile: UUID;
  /** System that says it. */
  source: string;
  /** When the source last changed it. */
  at: Instant;
}

/** How a trait's shown value is chosen. A trait without a policy shows its most recent value. */
export interface TraitPolicy {
  /** Name of the trait, as `givenName`. */
  trait: string;
  /** How its value is chosen. */
  rule: SurvivorshipRule;
  /** Sources by trust, the most trusted first; all others come after them. None but for `mostTrusted`. */
  sources: string[];
  /** When the policy was saved. */
  savedAt: Instant;
}

/** A value that may link people again. */
export interface UnblockedIdentity {
  /** Kind of the value. */
  kind: IdentifierKind;
  /** Value in its normal form. */
  value: string;
}

/** What a removed link leaves. */
export interface UnlinkedCustomers {
  /** The link that was removed. */
  link: UUID;
  /** Customer the link's first profile belongs to now. */
  a: UUID;
  /** Customer its second profile belongs to now; the same where other links still join them. */
  b: UUID;
}

/**
 * What an upsert did to a record.
 *
 * - `created`: The record was not known.
 * - `updated`: Something was new.
 * - `unchanged`: Everything was known.
 */
export type UpsertOutcome =
  | "created"
  | "updated"
  | "unchanged";

/** What an upsert did. */
export interface UpsertedProfileView {
  /** The record's profile. */
  profile: UUID;
  /** Customer the profile belongs to now. */
  customer: UUID;
  /** What was new. */
  outcome: UpsertOutcome;
  /** Profiles that this call linked to it. */
  linked: LinkedProfile[];
  /** Links that the record's values speak for and that are not made. */
  refused: RefusedLink[];
}

/** A browser or device, and what it did. */
export interface Visitor {
  /** The visitor's own profile. */
  profile: UUID;
  /** Customer the visitor is known as; of itself alone while nobody has signed in. */
  customer: UUID;
  /** Absent for a visitor without events. */
  firstSeenAt?: Instant;
  /** Absent for a visitor without events. */
  lastSeenAt?: Instant;
  /** Events of this visitor alone. */
  events: number;
  /** Visits that 30 minutes of silence ended. */
  sessions: number;
}

/**
 * How signals become likeness between products.
 *
 * - `cosine`: Cosine of the numbers of signals.
 * - `tfidf`: Cosine after term frequency and inverse document frequency.
 * - `bm25`: Okapi BM25, k1 1.2 and b 0.75.
 */
export type WeightingName =
  | "cosine"
  | "tfidf"
  | "bm25";
