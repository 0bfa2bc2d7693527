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
  addresses: AddressesMethods;
  audit: AuditMethods;
  clv: ClvMethods;
  cohorts: CohortsMethods;
  consents: ConsentsMethods;
  customers: CustomersMethods;
  events: EventsMethods;
  exports: ExportsMethods;
  funnels: FunnelsMethods;
  identities: IdentitiesMethods;
  imports: ImportsMethods;
  lists: ListsMethods;
  loyalty: LoyaltyMethods;
  orders: OrdersMethods;
  privacy: PrivacyMethods;
  products: ProductsMethods;
  profiles: ProfilesMethods;
  purposes: PurposesMethods;
  recommendations: RecommendationsMethods;
  retentionRules: RetentionRulesMethods;
  rfm: RfmMethods;
  scorecard: ScorecardMethods;
  segments: SegmentsMethods;
  self: SelfMethods;
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
  addresses: AddressesMethods;
  audit: AuditMethods;
  consents: ConsentsMethods;
  customers: CustomersMethods;
  exports: ExportsMethods;
  identities: IdentitiesMethods;
  imports: ImportsMethods;
  jobs: JobsMethods;
  lists: ListsMethods;
  orders: OrdersMethods;
  privacy: PrivacyMethods;
  products: ProductsMethods;
  profiles: ProfilesMethods;
  purposes: PurposesMethods;
  retentionRules: RetentionRulesMethods;
  rpc: RpcMethods;
  segments: SegmentsMethods;
  self: SelfMethods;
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
  loyalty: LoyaltyMethods;
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
   * for a wrong clock. An event that is not in order is rejected by itself, and with type `erased` one that names an
   * erased person by an id that nobody has taken on since.
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

/** What can be done with addresses. */
export interface AddressesMethods {
  /**
   * Says that an address did not take a message. Saying it again changes nothing.
   *
   * Scope `addresses:write`; roles `staff`, `partner`, `service`.
   */
  markBounced(
    params: AddressesMarkBouncedParams,
    options?: CallOptions,
  ): Call<MarkedAddress, WriteErrorType | "not_found">;
}

/** What can be done with audit. */
export interface AuditMethods {
  /**
   * Lists who did what, by which method, and about whom: the journal of all services, latest first.
   *
   * What an entry says of a person is not shown here; `customers.timeline` shows it.
   *
   * Scope `audit:read`; roles `staff`.
   */
  list(params?: AuditListParams, options?: CallOptions): ListCall<PageOfAuditEntry, CommonErrorType | "not_found">;
}

/** What can be done with consents. */
export interface ConsentsMethods {
  /**
   * Tells whether something may be done to a customer: every sender and every profiling asks this first.
   *
   * Over all of the customer's profiles the latest record of the purpose decides, for that channel or for all channels;
   * at equal time withdrawal wins. What follows depends on the purpose's legal basis: on consent nothing is allowed
   * without a grant; on legitimate interests and on a public task it is until the person objects, which a withdrawal
   * is; on a contract, a legal obligation and vital interests it is whatever was recorded.
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
  record(
    params: ConsentsRecordParams,
    options?: CallOptions,
  ): Call<ConsentRecord, WriteErrorType | "erased" | "not_found">;
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
   * Finds customers by names and identifiers, by how they begin and by likeness, and by the beginning of external ids;
   * best first.
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

/** What can be done with exports. */
export interface ExportsMethods {
  /**
   * Starts to write a file of everything of a kind, on one state of the data.
   *
   * The file is fetched at the path of the service that the job's result names, for a week, by whoever started it and
   * by staff; it goes earlier when somebody is erased. In CSV a field that a spreadsheet would take for a formula has
   * an apostrophe in front. The token needs the scope of reading the kind too.
   *
   * Scope `exports:write`; roles `staff`, `partner`, `service`.
   */
  start(params: ExportsStartParams, options?: CallOptions): JobCall<WriteErrorType>;
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
  decide(
    params: IdentitiesDecideParams,
    options?: CallOptions,
  ): Call<DecidedMatch, WriteErrorType | "erased" | "not_found">;

  /**
   * Links two profiles because a person knows that they are one customer.
   *
   * Linking a pair again answers the link that is there. Nothing is moved: removing the link brings back what was
   * before.
   *
   * Scope `identities:write`; roles `staff`, `partner`, `service`.
   */
  link(
    params: IdentitiesLinkParams,
    options?: CallOptions,
  ): Call<LinkedCustomer, WriteErrorType | "erased" | "not_found">;

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
   * refused as `removedByHand`. Of a person who was erased the reason is not kept.
   *
   * Scope `identities:write`; roles `staff`, `partner`, `service`.
   */
  unlink(
    params: IdentitiesUnlinkParams,
    options?: CallOptions,
  ): Call<UnlinkedCustomers, WriteErrorType | "not_found" | "wrong_state">;
}

/** What can be done with imports. */
export interface ImportsMethods {
  /**
   * Starts to import a file that was sent to `PUT /uploads`, or to tell what importing it would do.
   *
   * The records are written by what `profiles.import` and its like write them by, a thousand rows at a time, and the
   * job goes on where it was when it is interrupted. Importing a file again changes nothing. The job's result counts
   * the records that are new, changed and duplicate, and tells where the rejected rows can be fetched; an upload is
   * gone once it is imported. The token needs the scope of writing the kind too.
   *
   * Scope `imports:write`; roles `staff`, `partner`, `service`.
   */
  start(params: ImportsStartParams, options?: CallOptions): JobCall<WriteErrorType | "not_found">;
}

/** What can be done with lists. */
export interface ListsMethods {
  /**
   * Lists the entries of an e-mail list that something is wrong with, by address.
   *
   * Scope `lists:read`; roles `staff`, `partner`, `service`.
   */
  addresses(params?: ListsAddressesParams, options?: CallOptions): ListCall<PageOfListedAddress, CommonErrorType>;

  /**
   * How good an e-mail list is: what is wrong with how many of the addresses that profiles carry.
   *
   * An entry is an address of a profile; one may have several problems.
   *
   * Scope `lists:read`; roles `staff`, `partner`, `service`.
   */
  report(params?: ListsReportParams, options?: CallOptions): Call<ListReport, CommonErrorType>;
}

/** What can be done with orders. */
export interface OrdersMethods {
  /**
   * Imports up to 1,000 orders of one source, each whole, by its external id.
   *
   * An order told again replaces what was stored and keeps the profile it was first told of. A customer that is not
   * known becomes a profile of that source, an unknown SKU a product. Cancelled and returned orders are no purchases.
   * An order of an erased person is rejected with type `erased`.
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

/** What can be done with privacy. */
export interface PrivacyMethods {
  /**
   * Gives a part of an export's archive, as long as it is kept; the parts one after another are the ZIP file.
   *
   * Scope `privacy:read`; roles `staff`, `service`.
   */
  download(params: PrivacyDownloadParams, options?: CallOptions): Call<ExportPart, CommonErrorType | "not_found">;

  /**
   * Forgets a customer: removes or blanks everything personal in every schema, with all of the customer's profiles.
   *
   * What stays names nobody: amounts of orders, numbers of consents, who was one customer. What the customer was known
   * by becomes keyed hashes, so that a record or an event that comes again is refused with `erased`. The erasure is in
   * the ledger outside of the database before it takes effect, so that no backup brings the customer back. It cannot be
   * undone; `dryRun` tells what it would do and changes nothing. Erasing again removes whatever has come since.
   *
   * Scope `privacy:write`; roles `staff`, `service`.
   */
  erase(params: PrivacyEraseParams, options?: CallOptions): Call<ErasedCustomer, WriteErrorType | "not_found">;

  /**
   * Collects everything that is stored of a customer, in every schema, in a ZIP archive: a file of JSON Lines for each
   * kind of fact, and `manifest.json` with counts and digests.
   *
   * It is a job; its result names the export, which `privacy.download` gives in parts for seven days.
   *
   * Scope `privacy:write`; roles `staff`, `service`.
   */
  export(params: PrivacyExportParams, options?: CallOptions): JobCall<WriteErrorType | "erased" | "not_found">;

  /**
   * Tells whether this suite made a certificate of erasure, and whether it is as it was made.
   *
   * Scope `privacy:read`; roles `staff`, `partner`, `service`.
   */
  verify(params: PrivacyVerifyParams, options?: CallOptions): Call<VerifiedCertificate, CommonErrorType | "not_found">;
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
   * A row that is not in order is rejected by itself, and with type `erased` one of an erased person. Importing the
   * same rows again changes nothing.
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
   * reason, each time, and written to the journal once. The record of an erased person is refused with `erased`; who
   * comes back under a new record is taken, whatever its address.
   *
   * Scope `profiles:write`; roles `staff`, `partner`, `service`.
   */
  upsert(params: ProfilesUpsertParams, options?: CallOptions): Call<UpsertedProfileView, WriteErrorType | "erased">;
}

/** What can be done with purposes. */
export interface PurposesMethods {
  /**
   * A purpose with what people are told of it, or were told by the text of an earlier version.
   *
   * Scope `purposes:read`; roles `staff`, `partner`, `customer`, `service`.
   */
  get(params: PurposesGetParams, options?: CallOptions): Call<Purpose, CommonErrorType | "not_found">;

  /**
   * Lists the purposes by key, with their legal bases and their latest texts.
   *
   * Scope `purposes:read`; roles `staff`, `partner`, `customer`, `service`.
   */
  list(params?: PurposesListParams, options?: CallOptions): ListCall<PageOfPurpose, CommonErrorType>;

  /**
   * Defines what data of people are used for: on which legal basis, and what people are told of it.
   *
   * Saving a purpose again with another text makes another version of it; earlier ones are kept, since records of
   * consent name the version that the person read. Another basis holds at once, for all records there are. Saving what
   * is there already changes nothing.
   *
   * Scope `purposes:write`; roles `staff`, `partner`, `service`.
   */
  save(params: PurposesSaveParams, options?: CallOptions): Call<Purpose, WriteErrorType>;
}

/** What can be done with retentionRules. */
export interface RetentionRulesMethods {
  /**
   * Lists how long facts are kept, by kind. A kind that has no rule is kept for ever.
   *
   * Scope `retentionRules:read`; roles `staff`, `partner`, `service`.
   */
  list(params?: Record<string, never>, options?: CallOptions): Call<RetentionRules, CommonErrorType>;

  /**
   * Says how long a kind of fact is kept: the storage limitation of article 5 of the General Data Protection
   * Regulation.
   *
   * What is older goes within minutes of its day, an hour's facts at a time; inactive customers are looked for once a
   * day. It does not come back when the rule is changed. Saving again replaces the rule; without `days` the kind is
   * kept for ever, which is what holds where nothing was saved.
   *
   * Scope `retentionRules:write`; roles `staff`.
   */
  save(params: RetentionRulesSaveParams, options?: CallOptions): Call<RetentionRule, WriteErrorType>;
}

/** What can be done with segments. */
export interface SegmentsMethods {
  /**
   * Lists who entered and left segments, in the order in which it was committed; nothing ever comes before what was
   * listed.
   *
   * To follow segments, ask for what came `since` the position of the last change that was seen.
   *
   * Scope `segments:read`; roles `staff`, `partner`, `service`.
   */
  changes(params?: SegmentsChangesParams, options?: CallOptions): ListCall<PageOfSegmentChange, CommonErrorType>;

  /**
   * Tells why a customer is in a segment or is not: each clause of the rule, whether it holds now, and the fact that
   * decides.
   *
   * Scope `segments:read`; roles `staff`, `partner`, `service`.
   */
  explain(
    params: SegmentsExplainParams,
    options?: CallOptions,
  ): Call<ExplainedSegment, CommonErrorType | "consent_missing" | "not_found">;

  /**
   * A segment's rule, how many customers are in it, and whether all were measured by the rule.
   *
   * Scope `segments:read`; roles `staff`, `partner`, `service`.
   */
  get(params: SegmentsGetParams, options?: CallOptions): Call<Segment, CommonErrorType | "not_found">;

  /**
   * Lists the segments by key.
   *
   * Scope `segments:read`; roles `staff`, `partner`, `service`.
   */
  list(params?: SegmentsListParams, options?: CallOptions): ListCall<PageOfListedSegment, CommonErrorType>;

  /**
   * Lists the customers in a segment, by id.
   *
   * Whoever is listed is meant, and not by that agreed to anything: `consents.check` is asked at use.
   *
   * Scope `segments:read`; roles `staff`, `partner`, `service`.
   */
  members(
    params: SegmentsMembersParams,
    options?: CallOptions,
  ): ListCall<PageOfSegmentMember, CommonErrorType | "not_found">;

  /**
   * Tells for whom a rule would hold now, without keeping it: how many, and some of them with what decides.
   *
   * Scope `segments:read`; roles `staff`, `partner`, `service`.
   */
  preview(params: SegmentsPreviewParams, options?: CallOptions): Call<SegmentPreview, CommonErrorType>;

  /**
   * Removes a segment. Whoever is in it leaves it without a change of their own: the journal says `segment.removed`.
   *
   * Scope `segments:write`; roles `staff`, `partner`, `service`.
   */
  remove(params: SegmentsRemoveParams, options?: CallOptions): Call<RemovedSegment, WriteErrorType | "not_found">;

  /**
   * Keeps a segment: a rule, and from then on the customers for whom it holds.
   *
   * A job measures everybody; after it, who is in the segment follows what happens within a second, and what only
   * passes within a minute. Saving another rule under the key makes another version, and the customers are those of the
   * last version until the job comes to them. Saving the same rule again changes nothing.
   *
   * A segment says whom something may be meant for, never that it is allowed: `consents.check` is asked at use.
   *
   * Scope `segments:write`; roles `staff`, `partner`, `service`.
   */
  save(params: SegmentsSaveParams, options?: CallOptions): Call<SavedSegment, WriteErrorType>;
}

/** What can be done with self. */
export interface SelfMethods {
  /**
   * What customers' data are used for, what each purpose rests on, and what the customer has said of it.
   *
   * Scope `self:read`; roles `customer`.
   */
  consents(params?: SelfConsentsParams, options?: CallOptions): Call<OwnPurposes, CommonErrorType | "not_found">;

  /**
   * Customers agree to a purpose, take it back, or object. It holds from the answer on.
   *
   * Scope `self:write`; roles `customer`.
   */
  consentsRecord(
    params: SelfConsentsRecordParams,
    options?: CallOptions,
  ): Call<ConsentRecord, WriteErrorType | "not_found" | "wrong_state">;

  /**
   * How customers want to be spoken to: on which channels, of what, in which language, and by which clock.
   *
   * Preferences are traits of what customers say of themselves, so `self.update` takes one back with `null`. What is
   * absent stays. They are wishes: whether somebody may be written to at all is said by `self.consents.record`.
   *
   * Scope `self:write`; roles `customer`.
   */
  preferencesSet(
    params?: SelfPreferencesSetParams,
    options?: CallOptions,
  ): Call<OwnPreferences, WriteErrorType | "not_found">;

  /**
   * What customers say of themselves: a correction, or something new.
   *
   * It is kept as a record of source `self` beside those of the firm's systems, is the most recent word on it from then
   * on, and is used everywhere at once. An absent trait stays, `null` takes the customer's own word back.
   *
   * Scope `self:write`; roles `customer`.
   */
  update(params: SelfUpdateParams, options?: CallOptions): Call<OwnTraits, WriteErrorType | "not_found">;

  /**
   * Everything the firm holds of a customer, as the customer sees it: what it knows *of* them, what it has *for* them,
   * and what came *by* them.
   *
   * Each fact tells its source, the purpose it is held for, and its time; the latest of each kind come first, and how
   * many there are is told beside. All is of one moment.
   *
   * Scope `self:read`; roles `customer`.
   */
  view(params?: SelfViewParams, options?: CallOptions): Call<OwnFacts, CommonErrorType | "not_found">;
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
  ): Call<RecommendedProducts, CommonErrorType | "consent_missing" | "not_found">;

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
  ): Call<CustomerLifetimeValue, CommonErrorType | "consent_missing" | "no_purchases" | "not_found">;

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

/** What can be done with loyalty. */
export interface LoyaltyMethods {
  /**
   * How many points a customer has over all profiles, at any moment.
   *
   * Scope `loyalty:read`; roles `staff`, `partner`, `customer`, `service`.
   */
  balance(params: LoyaltyBalanceParams, options?: CallOptions): Call<PointBalance, CommonErrorType | "not_found">;

  /**
   * Takes points of a customer's lots, over all profiles: of those first that expire first.
   *
   * Scope `loyalty:write`; roles `staff`, `partner`, `service`.
   */
  burn(
    params: LoyaltyBurnParams,
    options?: CallOptions,
  ): Call<PostedPoints, WriteErrorType | "erased" | "insufficient_points" | "not_found">;

  /**
   * Adds a lot of points to a customer.
   *
   * They can be spent from `activeAt` until `expiresAt`. The lot stays with the profile that the call names, whoever is
   * one customer with it later.
   *
   * Scope `loyalty:write`; roles `staff`, `partner`, `service`.
   */
  earn(params: LoyaltyEarnParams, options?: CallOptions): Call<PostedPoints, WriteErrorType | "erased" | "not_found">;

  /**
   * Lists what moved points of a customer's lots, latest first. All of them together are the balance.
   *
   * Where another profile's entry has taken of the customer's lots while both were one customer, the part is shown that
   * it took of these.
   *
   * Scope `loyalty:read`; roles `staff`, `partner`, `customer`, `service`.
   */
  entries(
    params: LoyaltyEntriesParams,
    options?: CallOptions,
  ): ListCall<PageOfPointEntry, CommonErrorType | "not_found">;

  /**
   * Does the opposite of an entry, whole and once: for an order that came back, or a reward that was not handed out.
   *
   * What was burned goes back to the lots that it was taken of, and is lost where they have expired meanwhile. What was
   * earned is taken of its own lot first and, where it was spent, of others of the customer; where there are not as
   * many, nothing is taken.
   *
   * Scope `loyalty:write`; roles `staff`, `partner`, `service`.
   */
  reverse(
    params: LoyaltyReverseParams,
    options?: CallOptions,
  ): Call<PostedPoints, WriteErrorType | "erased" | "insufficient_points" | "not_found" | "wrong_state">;
}

/** What can be done with rfm. */
export interface RfmMethods {
  /**
   * A customer's recency, frequency and monetary value, scored against all other customers.
   *
   * Scope `rfm:read`; roles `staff`, `partner`, `service`.
   */
  get(
    params: RfmGetParams,
    options?: CallOptions,
  ): Call<CustomerRFM, CommonErrorType | "consent_missing" | "no_purchases" | "not_found">;

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

/** Params of `addresses.markBounced`. */
export interface AddressesMarkBouncedParams {
  /** The address, compared without case. */
  email: string;
  /** When the message came back. */
  at: Instant;
  /** Whether another message may be taken. */
  kind: BounceKind;
}

/** Params of `audit.list`. */
export interface AuditListParams {
  /** Only what this one did: issuer and subject of a token, as `ecrm|staff`, or the name of a worker. */
  actor?: string;
  /** Only by this method. */
  method?: string;
  /** Only entries of this type, as `profile.erased`. */
  type?: string;
  /** Only about this customer, by any of its profiles. */
  customer?: UUID;
  /** Only from this time on. */
  from?: Instant;
  /** Only before this time. */
  to?: Instant;
  /** Entries on a page. */
  limit?: number;
  /** Where the last page ended. */
  cursor?: string;
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
  /** What for: the key of a purpose, as `marketing`. */
  purpose: string;
  /** Channel it is about, as `email`; absent for all channels. */
  channel?: string;
  /** Whether it was given or taken back. */
  state: ConsentDecision;
  /** Legal basis, as `consent` or `contract`; that of the purpose when absent. */
  basis?: string;
  /** Version of the purpose's text that the person read; the latest when absent. */
  textVersion?: number;
  /** Proof of it: form, recording, address. */
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

/** Params of `exports.start`. */
export interface ExportsStartParams {
  /** What to write. */
  kind: ImportKind;
  /** How to write it. */
  format: ImportFormat;
  /** Only what came from this system; of consents, those of its profiles. Not for products, which are of no system. */
  source?: string;
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

/** Params of `imports.start`. */
export interface ImportsStartParams {
  /** Id that `PUT /uploads` answered. */
  upload: UUID;
  /** What the file has. */
  kind: ImportKind;
  /** How it is written. */
  format: ImportFormat;
  /** System the records come from; needed but for products. */
  source?: string;
  /**
   * Which column is which field; without one each line of JSON Lines is a row as `profiles.import` and its like take
   * it.
   */
  mapping?: ImportMapping;
  /** How comma-separated values are written; what is absent is found out. */
  csv?: ImportDialect;
  /** Whether to write; `validate` only tells what would become of the records. */
  mode: ImportMode;
}

/** Params of `lists.addresses`. */
export interface ListsAddressesParams {
  /** Only entries with this problem; with any when absent. */
  problem?: AddressProblem;
  /** Only profiles of this system; all of them when absent. */
  source?: string;
  /** Days without event, order or consent after which a customer is dormant; 365 when absent. */
  dormantDays?: number;
  /** Entries on a page. */
  limit?: number;
  /** Where the last page ended. */
  cursor?: string;
}

/** Params of `lists.report`. */
export interface ListsReportParams {
  /** Only profiles of this system; all of them when absent. */
  source?: string;
  /** Days without event, order or consent after which a customer is dormant; 365 when absent. */
  dormantDays?: number;
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

/** Params of `privacy.download`. */
export interface PrivacyDownloadParams {
  /** The export, as the result of its job names it. */
  export: UUID;
  /** Which part, from 0; the first when absent. */
  part?: number;
}

/** Params of `privacy.erase`. */
export interface PrivacyEraseParams {
  /** The customer, by any of its profiles. */
  customer: UUID;
  /** Why the customer is erased; `request` when absent. */
  reason?: ErasureReason;
  /** Whether to tell what would be done, and do nothing. */
  dryRun?: boolean;
}

/** Params of `privacy.export`. */
export interface PrivacyExportParams {
  /** The customer, by any of its profiles. */
  customer: UUID;
}

/** Params of `privacy.verify`. */
export interface PrivacyVerifyParams {
  /** The certificate, as `privacy.erase` answered it. */
  certificate: ErasureCertificate;
  /** What became of the rows, as it was answered beside the certificate. */
  tables: readonly ErasedTable[];
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

/** Params of `purposes.get`. */
export interface PurposesGetParams {
  /** Key of the purpose. */
  key: string;
  /** Version of the text, as a record of consent names it; the latest when absent. */
  textVersion?: number;
}

/** Params of `purposes.list`. */
export interface PurposesListParams {
  /** Purposes on a page. */
  limit?: number;
  /** Where the last page ended. */
  cursor?: string;
}

/** Params of `purposes.save`. */
export interface PurposesSaveParams {
  /** Key of the purpose, as `marketing`. */
  key: string;
  /** What people are told of it, by locale, as `en` or `de-AT`: 1 to 50 texts of 1 to 10,000 bytes. */
  text: { [name: string]: string };
  /** Legal basis of the purpose. */
  basis: LegalBasis;
}

/** Params of `retentionRules.save`. */
export interface RetentionRulesSaveParams {
  /** What the rule is about. */
  kind: RetainedKind;
  /** Days it is kept, 30 to 36,500; for ever when absent. */
  days?: number;
}

/** Params of `segments.changes`. */
export interface SegmentsChangesParams {
  /** A time, or the position of a change; all changes where absent. */
  since?: string;
  /** Only those of this segment. */
  segment?: string;
  /** Changes on a page. */
  limit?: number;
  /** Where the last page ended. */
  cursor?: string;
}

/** Params of `segments.explain`. */
export interface SegmentsExplainParams {
  /** The customer, by any of its profiles. */
  customer: UUID;
  /** The segment. */
  segment: string;
}

/** Params of `segments.get`. */
export interface SegmentsGetParams {
  /** The segment. */
  segment: string;
}

/** Params of `segments.list`. */
export interface SegmentsListParams {
  /** Segments on a page. */
  limit?: number;
  /** Where the last page ended. */
  cursor?: string;
}

/** Params of `segments.members`. */
export interface SegmentsMembersParams {
  /** The segment. */
  segment: string;
  /** Customers on a page. */
  limit?: number;
  /** Where the last page ended. */
  cursor?: string;
}

/** Params of `segments.preview`. */
export interface SegmentsPreviewParams {
  /** The rule. */
  rule: SegmentRuleInput;
}

/** Params of `segments.remove`. */
export interface SegmentsRemoveParams {
  /** The segment. */
  segment: string;
}

/** Params of `segments.save`. */
export interface SegmentsSaveParams {
  /** Key of the segment. */
  key: string;
  /** Who is in it. */
  rule: SegmentRuleInput;
}

/** Params of `self.consents`. */
export interface SelfConsentsParams {
  /** Language of the texts, as `de-AT`; English where a purpose has none in it. */
  locale?: string;
}

/** Params of `self.consents.record`. */
export interface SelfConsentsRecordParams {
  /** Key of the purpose. */
  purpose: string;
  /** Channel it is about, as `email`; absent for all channels. */
  channel?: string;
  /** Whether it is given or taken back. */
  state: ConsentDecision;
  /** Version of the text that the customer has read, as `self.consents` told it; the latest when absent. */
  textVersion?: number;
}

/** Params of `self.preferences.set`. */
export interface SelfPreferencesSetParams {
  /** Channels, the most liked first; 20 at most. */
  channels?: readonly string[];
  /** What the customer wants to hear of; 50 at most, of 1 to 100 bytes each. */
  topics?: readonly string[];
  /** Language to be spoken to in, as `de-AT`. */
  locale?: string;
  /** Time zone the customer lives in, as `Europe/Vienna`. */
  timeZone?: string;
}

/** Params of `self.update`. */
export interface SelfUpdateParams {
  /** What the customer says, by name of the trait, as `givenName`: 200 traits at most, also with those said before. */
  traits: { [name: string]: JSONValue };
}

/** Params of `self.view`. */
export interface SelfViewParams {
  /** Facts of each kind, 1 to 200; 20 when absent. */
  limit?: number;
  /** Language of texts, as `de-AT`; English where there is none in it. */
  locale?: string;
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

/** Params of `loyalty.balance`. */
export interface LoyaltyBalanceParams {
  /** The customer, by any of its profiles. */
  customer: UUID;
  /**
   * The moment; now when absent. What was entered later does not count, and a later one shows what is lost until then.
   */
  asOf?: Instant;
}

/** Params of `loyalty.burn`. */
export interface LoyaltyBurnParams {
  /** The customer, by any of its profiles. */
  customer: UUID;
  /** How many; all of them are taken, or none. */
  points: number;
  /** What for: an order's number, a reward. */
  reference?: string;
}

/** Params of `loyalty.earn`. */
export interface LoyaltyEarnParams {
  /** The customer, by the profile that earned them. */
  customer: UUID;
  /** How many. */
  points: number;
  /** When they can be spent; now when absent. */
  activeAt?: Instant;
  /** When they are lost; never when absent. After `activeAt`, and after now. */
  expiresAt?: Instant;
  /** What for: an order's number, a campaign. */
  reference?: string;
}

/** Params of `loyalty.entries`. */
export interface LoyaltyEntriesParams {
  /** The customer, by any of its profiles. */
  customer: UUID;
  /** Entries on a page. */
  limit?: number;
  /** Where the last page ended. */
  cursor?: string;
}

/** Params of `loyalty.reverse`. */
export interface LoyaltyReverseParams {
  /** The entry, as `loyalty.entries` lists it. */
  entry: UUID;
  /** Why. */
  reason: string;
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
  /** The customer has not agreed to this. */
  consent_missing: 1001;
  /** The person was erased, and nothing more is taken of them. */
  erased: 1002;
  /** The customer bought nothing before the model's calibration ended. */
  no_purchases: 3001;
  /** The customer has fewer points than that. */
  insufficient_points: 3002;
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

/**
 * What can be wrong with an entry of an e-mail list.
 *
 * - `syntax`: What was told as an address is none.
 * - `role`: Many people may stand behind it, as `info@`.
 * - `disposable`: It is of a provider of addresses that last for minutes.
 * - `duplicate`: An earlier profile of the list carries it too.
 * - `dormant`: Its customer has done nothing for a long time: no event, no order, no consent, and is not new.
 * - `bounced`: It did not take a message: once for good, or three times for a while.
 * - `withdrawn`: Its customer has taken back the consent to marketing by e-mail.
 */
export type AddressProblem =
  | "syntax"
  | "role"
  | "disposable"
  | "duplicate"
  | "dormant"
  | "bounced"
  | "withdrawn";

/** Who did what, when, by which method, and about whom. */
export interface AuditEntry {
  /** Where the entry stands in the journal: epoch, transaction and id. */
  entry: string;
  /** When it happened. */
  at: Instant;
  /** Issuer and subject of the caller's token, or the name of a worker. */
  actor: string;
  /** Service that wrote it. */
  service: string;
  /** Method, or work, that wrote it. */
  method: string;
  /** What happened, as `profile.created`. */
  type: string;
  /** Profile it is about; absent where it is about many. */
  subject?: UUID;
  /** Whether what it said was erased. */
  isErased: boolean;
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

/**
 * Whether an address that did not take a message may take another.
 *
 * - `hard`: It takes none any more.
 * - `soft`: It may take one later.
 */
export type BounceKind =
  | "hard"
  | "soft";

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

/** An identifier of a kind. */
export interface CarriesClause {
  /** What kind of identifier it is; anonymous ones cannot be asked for. */
  kind: IdentifierKind;
  /** Whether only those count that a source has proof of. */
  verified?: boolean;
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
  /** Events that are not in order, and those of erased people. */
  rejected: RejectedRow[];
  /** Events that were stored although they do not join visitor and account as they ask for. */
  refused: RefusedIdentification[];
}

/** What the customer agreed to. */
export interface ConsentClause {
  /** What for, as `marketing`. */
  purpose: string;
  /** On which channel; absent asks for all channels. */
  channel?: string;
  /** What the deciding record says. */
  state: ConsentClauseState;
}

/**
 * What the deciding record of consent says.
 *
 * - `granted`: The person agreed.
 * - `withdrawn`: The person refused or took it back.
 * - `unrecorded`: Nobody ever asked.
 */
export type ConsentClauseState =
  | "granted"
  | "withdrawn"
  | "unrecorded";

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
  /** Version of the purpose's text that the person read; absent for records that are older than the texts. */
  textVersion?: number;
  /** Proof: a form, a recording, an address. */
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
  /**
   * `granted` or `withdrawn` where the person's word decides, `unrecorded` where it would and nobody ever asked,
   * `basis` where the purpose's legal basis allows it without.
   */
  reason: string;
  /** Legal basis of the purpose. */
  basis: LegalBasis;
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

/** What an erasure did, or would do. */
export interface ErasedCustomer {
  /** Whether nothing was changed. */
  isRehearsal: boolean;
  /** What became of the rows, by tables. */
  tables: ErasedTable[];
  /** Proof of the erasure; none of a rehearsal. */
  certificate?: ErasureCertificate;
}

/** What an erasure did to the rows of a table. */
export interface ErasedTable {
  /** Schema and name, as `acquisition.events`. */
  table: string;
  /** Rows that are gone. */
  removed: number;
  /** Rows that stay and were emptied of what names the person. */
  blanked: number;
  /** Rows that stay as they are, under profiles that name nobody. */
  kept: number;
}

/** Proof of an erasure that names nobody: signed, so that it can be shown to be of this suite and unchanged. */
export interface ErasureCertificate {
  /** The erasure, as the ledger and the journal name it. */
  certificate: UUID;
  /** When it was done. */
  erasedAt: Instant;
  /** How many profiles the customer had. */
  profiles: number;
  /** Why it was done. */
  reason: ErasureReason;
  /** SHA-256 of what became of the rows, in hexadecimal digits. */
  digest: string;
  /** The key it is signed with, which also chains the audit trail. */
  key: string;
  /** HMAC-SHA256 of the members above, in hexadecimal digits. */
  signature: string;
}

/**
 * Why somebody is erased, after article 17 of the General Data Protection Regulation.
 *
 * - `request`: The person asked for it.
 * - `consentWithdrawn`: The person took back the consent that everything rested on.
 * - `purposeEnded`: What the data were for is done.
 * - `unlawful`: The data should not have been there.
 * - `obligation`: A law demands it.
 */
export type ErasureReason =
  | "request"
  | "consentWithdrawn"
  | "purposeEnded"
  | "unlawful"
  | "obligation";

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

/** Points that will be lost. */
export interface ExpiringPoints {
  /** How many. */
  points: number;
  /** When. */
  expiresAt: Instant;
}

/** A clause of a rule, and whether it holds for a customer. */
export interface ExplainedClause {
  /** Where the clause stands in the rule, as `/all/1/performed`. */
  path: string;
  /** Whether it holds. */
  holds: boolean;
  /** The fact that decides; absent where there is none, and for clauses of clauses. */
  fact?: SegmentFact;
  /** What it is made of; absent for a clause that facts decide. */
  clauses?: ExplainedClause[];
}

/** Why a customer is in a segment or is not. */
export interface ExplainedSegment {
  /** The segment. */
  segment: string;
  /** Version of its rule. */
  version: number;
  /** The customer. */
  customer: UUID;
  /** Whether it is in the segment. */
  isMember: boolean;
  /** Since when; absent where it is not. */
  since?: Instant;
  /** Whether the rule holds now; what happened a moment ago may not have been followed yet. */
  holds: boolean;
  /** The rule, which the clauses' paths are of. */
  rule: SegmentRule;
  /** The clauses; absent for a customer who was erased, who is in no segment. */
  clause?: ExplainedClause;
}

/** A part of an archive. */
export interface ExportPart {
  /** The bytes, in Base64. */
  content: string;
  /** How many parts the archive has. */
  parts: number;
}

/** Something that the firm holds of a customer. */
export interface Fact {
  /** What kind of fact it is. */
  kind: FactKind;
  /** What it is about, as a trait's name; absent where the kind says it all. */
  name?: string;
  /** The fact itself. */
  value: JSONValue;
  /** System that told it, or the service that found it out. */
  source: string;
  /** Purpose that it is held for. */
  purpose: string;
  /** When it was so, or was told; absent for what has always been so. */
  at?: Instant;
  /** The method by which the customer corrects it; absent where the source has to. */
  correctBy?: string;
}

/**
 * What kind of fact something is.
 *
 * - `record`: A record of the customer in a source.
 * - `trait`: What a source says of the customer.
 * - `identifier`: What the customer is recognised by.
 * - `link`: Why two records are held to be one customer.
 * - `order`: What the customer ordered.
 * - `event`: What the customer did on a website or in an application.
 * - `lifetimeValue`: What the customer is expected to buy within a year.
 * - `points`: Points that the customer earned or spent.
 * - `segment`: A group that the customer is in by a rule.
 * - `bounce`: That an address did not take a message.
 * - `purpose`: What the customer's data are used for.
 * - `product`: A product that the customer bought.
 * - `ownTrait`: What the customer says of themselves.
 * - `consent`: What the customer agreed to, or took back.
 */
export type FactKind =
  | "record"
  | "trait"
  | "identifier"
  | "link"
  | "order"
  | "event"
  | "lifetimeValue"
  | "points"
  | "segment"
  | "bounce"
  | "purpose"
  | "product"
  | "ownTrait"
  | "consent";

/** Facts of several kinds. */
export interface FactList {
  /** The facts, by kind, and of a kind the latest first. */
  facts: Fact[];
  /** How many there are of each kind. */
  totals: FactTotal[];
}

/** How many facts there are. */
export interface FactTotal {
  /** What kind of fact it is. */
  kind: FactKind;
  /** Their number. */
  total: number;
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

/** How comma-separated values are written; what is absent is found out from the file's beginning. */
export interface ImportDialect {
  /** `,`, `;`, `|` or a tabulator. */
  delimiter?: string;
  /** How bytes are text. */
  encoding?: ImportEncoding;
  /** Whether numbers have a comma before their decimals, and points between thousands or none. */
  decimalComma?: boolean;
}

/**
 * How the bytes of a file are text.
 *
 * - `utf8`: UTF-8.
 * - `windows1252`: What spreadsheets on Windows write in Western Europe.
 */
export type ImportEncoding =
  | "utf8"
  | "windows1252";

/**
 * How a file is written.
 *
 * - `csv`: Comma-separated values with a header (RFC 4180).
 * - `jsonl`: An object a line.
 */
export type ImportFormat =
  | "csv"
  | "jsonl";

/**
 * What an import brings.
 *
 * - `profiles`: Records of people, as `profiles.import` takes them.
 * - `orders`: Orders, as `orders.import` takes them.
 * - `products`: Products, as `products.import` takes them.
 * - `consents`: Records of consent.
 */
export type ImportKind =
  | "profiles"
  | "orders"
  | "products"
  | "consents";

/**
 * Which column of a file is which field.
 *
 * A column is named as in the header of CSV, or as the member of the objects of JSON Lines. An empty cell says nothing:
 * in JSON Lines `null` does, but for a trait, which it removes.
 */
export interface ImportMapping {
  /** Profiles and orders: id of the record in its source. The rows of one order follow each other. */
  externalId?: string;
  /** Profiles: traits by name. */
  traits?: { [name: string]: string };
  /** Profiles: what the person can be recognised by. */
  identifiers?: readonly MappedIdentifier[];
  /** Orders and consents: id in the same source of who it is about; made a profile when it is not known. */
  customer?: string;
  /** Orders: when it was ordered: RFC 3339, or a day and perhaps a time without zone, which are UTC. */
  orderedAt?: string;
  /** Orders, and products with a price: ISO 4217. */
  currency?: string;
  /** Orders: `placed`, `fulfilled`, `cancelled` or `returned`. */
  status?: string;
  /** Orders and products: stock keeping unit. */
  sku?: string;
  /** Orders: how many. */
  quantity?: string;
  /** Orders: price of one. */
  unitPrice?: string;
  /** Products: what it is called. */
  name?: string;
  /** Products: what it is grouped under. */
  category?: string;
  /** Products: what it costs. */
  price?: string;
  /** Products: attributes by name. */
  attributes?: { [name: string]: string };
  /** Consents: what for. */
  purpose?: string;
  /** Consents: channel it is about; all channels where the cell is empty. */
  channel?: string;
  /** Consents: `granted` or `withdrawn`. */
  state?: string;
  /** Consents: legal basis. */
  basis?: string;
  /** Consents: when it was given or taken back, written as `orderedAt`. It makes the import harmless when repeated. */
  recordedAt?: string;
  /** Values by field that hold where the row has none, as `{"currency": "EUR"}`. */
  fixed?: { [name: string]: string };
  /** What values of a field stand for, as `{"state": {"yes": "granted"}}`; what is not among them stays as it is. */
  values?: { [name: string]: { [name: string]: string } };
}

/**
 * Whether an import writes.
 *
 * - `validate`: Tell what would become of the records; nothing is written.
 * - `upsert`: Write the records.
 */
export type ImportMode =
  | "validate"
  | "upsert";

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

/**
 * What becomes of a value that is no identifier.
 *
 * - `reject`: The row is rejected.
 * - `trait`: It is kept as a trait named like the kind, and `lists.report` counts it.
 */
export type InvalidIdentifier =
  | "reject"
  | "trait";

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
 * Why data may be used at all: the legal bases of Art. 6(1) GDPR.
 *
 * - `consent`: The person agreed; without a grant nothing is allowed.
 * - `contract`: A contract with the person cannot be fulfilled without it; no record changes that.
 * - `legalObligation`: A law asks for it; no record changes that.
 * - `vitalInterests`: Somebody's life depends on it; no record changes that.
 * - `publicTask`: The public interest; allowed until the person objects.
 * - `legitimateInterests`: The firm's own interest; allowed until the person objects.
 */
export type LegalBasis =
  | "consent"
  | "contract"
  | "legalObligation"
  | "vitalInterests"
  | "publicTask"
  | "legitimateInterests";

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

/** How good an e-mail list is. */
export interface ListReport {
  /** When it was looked at. */
  asOf: Instant;
  /** Addresses of profiles, each of a profile once. */
  entries: number;
  /** Entries that nothing is wrong with. */
  sound: number;
  /** Every problem with its entries. */
  problems: ProblemCount[];
}

/** An entry of an e-mail list, with what is wrong with it. */
export interface ListedAddress {
  /** The address, or what was told as one. */
  email: string;
  /** The profile that carries it. */
  profile: UUID;
  /** Customer the profile belongs to. */
  customer: UUID;
  /** Everything that is wrong with it. */
  problems: AddressProblem[];
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

/** A segment as lists tell it. */
export interface ListedSegment {
  /** Key of the segment. */
  key: string;
  /** Who is in it. */
  rule: SegmentRule;
  /** Counts the rules that it has had. */
  version: number;
  /** Whether everybody was measured by the rule. */
  state: SegmentState;
  /** The job that measures, or measured, everybody by it. */
  job?: UUID;
  /** When the rule was saved. */
  savedAt: Instant;
}

/** A column of identifiers. */
export interface MappedIdentifier {
  /** What kind of identifier it is. */
  kind: IdentifierKind;
  /** The column. */
  column: string;
  /** Whether the source has proof that the value is this person's. */
  verified?: boolean;
  /** What becomes of a value that is none of this kind; `reject` when absent. */
  invalid?: InvalidIdentifier;
}

/** An address that did not take a message. */
export interface MarkedAddress {
  /** The address in its normal form. */
  email: string;
  /** The profiles that carry it. */
  profiles: UUID[];
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

/** What an entry moved of a lot. */
export interface MovedPoints {
  /** The lot, by the entry that earned it. */
  lot: UUID;
  /** Points added to it, below zero where they were taken. */
  points: number;
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

/** The sum of the amounts of a customer's orders that were neither cancelled nor returned; 0 where there are none. */
export interface OrderTotalClause {
  /** Only orders of this currency. */
  currency: string;
  /** The sum is at least this. */
  atLeast?: Decimal;
  /** The sum is at most this. */
  atMost?: Decimal;
  /** Only orders of so many days up to now, 1 to 3,650. */
  withinDays?: number;
}

/** The sum of the amounts of a customer's orders that were neither cancelled nor returned; 0 where there are none. */
export interface OrderTotalClauseInput {
  /** Only orders of this currency. */
  currency: string;
  /** The sum is at least this. */
  atLeast?: Decimal | number;
  /** The sum is at most this. */
  atMost?: Decimal | number;
  /** Only orders of so many days up to now, 1 to 3,650. */
  withinDays?: number;
}

/** Orders, of all channels together. */
export interface OrderedClause {
  /** At least so many; 1 where neither bound is given. */
  atLeast?: number;
  /** At most so many, 0 and more. */
  atMost?: number;
  /** Only those of so many days up to now, 1 to 3,650. */
  withinDays?: number;
  /** Only those with a line of this product. */
  sku?: string;
  /** Only those with a line of this category. */
  category?: string;
  /** Only those in one of these states; placed and fulfilled ones where absent. */
  status?: OrderStatus[];
}

/** Orders, of all channels together. */
export interface OrderedClauseInput {
  /** At least so many; 1 where neither bound is given. */
  atLeast?: number;
  /** At most so many, 0 and more. */
  atMost?: number;
  /** Only those of so many days up to now, 1 to 3,650. */
  withinDays?: number;
  /** Only those with a line of this product. */
  sku?: string;
  /** Only those with a line of this category. */
  category?: string;
  /** Only those in one of these states; placed and fulfilled ones where absent. */
  status?: readonly OrderStatus[];
}

/** A customer's latest word on one channel. */
export interface OwnDecision {
  /** The channel. */
  channel: string;
  /** Whether it was given or taken back. */
  state: ConsentDecision;
  /** When it was recorded. */
  since: Instant;
}

/** What the firm holds of a customer. */
export interface OwnFacts {
  /** The customer. */
  customer: UUID;
  /** When it was so. */
  asOf: Instant;
  /** What the firm has recorded and learnt. */
  ofMe: FactList;
  /** What the firm has for the customer to know. */
  forMe: FactList;
  /** What the customer has said. */
  byMe: FactList;
}

/** How a customer wants to be spoken to; absent is what the customer has not said. */
export interface OwnPreferences {
  /** Channels, the most liked first. */
  channels?: JSONValue;
  /** What the customer wants to hear of. */
  topics?: JSONValue;
  /** Language to be spoken to in. */
  locale?: JSONValue;
  /** Time zone the customer lives in. */
  timeZone?: JSONValue;
}

/** A purpose, as one customer stands to it. */
export interface OwnPurpose {
  /** Key of the purpose. */
  purpose: string;
  /** What people are told of it. */
  text: string;
  /** Version of the text. */
  textVersion: number;
  /** Legal basis of the purpose. */
  basis: LegalBasis;
  /** Whether it may be served on all channels. */
  allowed: boolean;
  /** Why, as `consents.check` says it. */
  reason: string;
  /** When the record was made that decides for all channels; absent without one. */
  since?: Instant;
  /** Whether the customer's word decides. */
  canDecide: boolean;
  /** What the customer has said of single channels. Of a channel and of all channels, the later word decides. */
  channels: OwnDecision[];
}

/** What a customer's data are used for. */
export interface OwnPurposes {
  /** Every purpose, by key. */
  items: OwnPurpose[];
}

/** Something that customers say of themselves. */
export interface OwnTrait {
  /** Name of the trait, as `givenName`. */
  name: string;
  /** What the customer says. */
  value: JSONValue;
  /** When it was said last. */
  at: Instant;
}

/** What a customer says of themselves. */
export interface OwnTraits {
  /** All of it, by name. */
  traits: OwnTrait[];
}

/** A page of a list, in the list's order. */
export interface PageOfAuditEntry {
  /** The page's items. */
  items: AuditEntry[];
  /** Where the next page begins; absent on the last page. Opaque, and valid only with the same filter. */
  nextCursor?: string;
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
export interface PageOfListedAddress {
  /** The page's items. */
  items: ListedAddress[];
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
export interface PageOfListedSegment {
  /** The page's items. */
  items: ListedSegment[];
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
export interface PageOfPointEntry {
  /** The page's items. */
  items: PointEntry[];
  /** Where the next page begins; absent on the last page. Opaque, and valid only with the same filter. */
  nextCursor?: string;
}

/** A page of a list, in the list's order. */
export interface PageOfPurpose {
  /** The page's items. */
  items: Purpose[];
  /** Where the next page begins; absent on the last page. Opaque, and valid only with the same filter. */
  nextCursor?: string;
}

/** A page of a list, in the list's order. */
export interface PageOfSegmentChange {
  /** The page's items. */
  items: SegmentChange[];
  /** Where the next page begins; absent on the last page. Opaque, and valid only with the same filter. */
  nextCursor?: string;
}

/** A page of a list, in the list's order. */
export interface PageOfSegmentMember {
  /** The page's items. */
  items: SegmentMember[];
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

/** Events of a name. */
export interface PerformedClause {
  /** Name of the event, as `Order Completed`. */
  event: string;
  /** At least so many times; 1 where neither bound is given. */
  atLeast?: number;
  /** At most so many times, 0 and more. */
  atMost?: number;
  /** Only those of so many days up to now, 1 to 3,650. */
  withinDays?: number;
  /** Only those whose properties have these values, at most 10. */
  where?: { [name: string]: JSONValue };
}

/** What a customer has of points. The three numbers together are the sum of the customer's entries. */
export interface PointBalance {
  /** The customer. */
  customer: UUID;
  /** Points that can be spent. */
  active: number;
  /** Points that were earned and can be spent later. */
  pending: number;
  /** Points that were lost unspent. */
  expired: number;
  /** What of the active points will be lost when, soonest first; the next 20 times. */
  expiring: ExpiringPoints[];
  /** The moment that the numbers are of. */
  asOf: Instant;
}

/** An entry of the ledger, as far as it concerns a customer. */
export interface PointEntry {
  /** The entry. */
  entry: UUID;
  /** What it does. */
  kind: PointEntryKind;
  /** Points it moved of the customer's lots, below zero where it took them. */
  points: number;
  /** When it was made. */
  at: Instant;
  /** What for, or why it was reversed. */
  reference?: string;
  /** When what it earned can be spent. */
  activeAt?: Instant;
  /** When what is left of what it earned is lost. */
  expiresAt?: Instant;
  /** The entry that it does the opposite of. */
  reverses?: UUID;
  /** The entry that did the opposite of it. */
  reversedBy?: UUID;
  /** What it moved of each of the customer's lots. */
  lots: MovedPoints[];
}

/**
 * What an entry of the loyalty programme's ledger does.
 *
 * - `earned`: Adds a lot.
 * - `burned`: Takes points of lots.
 * - `reversed`: Does the opposite of another entry.
 */
export type PointEntryKind =
  | "earned"
  | "burned"
  | "reversed";

/** An entry that was made, and what the customer has after it. */
export interface PostedPoints {
  /** The entry. */
  entry: UUID;
  /** The customer. */
  customer: UUID;
  /** Points it moved, below zero where it took them. */
  points: number;
  /** Points that the customer can spend now. */
  balance: number;
  /** What it moved of each lot. */
  lots: MovedPoints[];
}

/** How many entries have a problem. */
export interface ProblemCount {
  /** What is wrong. */
  problem: AddressProblem;
  /** Entries that have it. */
  entries: number;
  /** Their share of all entries, 0 to 1. */
  share: number;
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

/** Something that data of people are used for. */
export interface Purpose {
  /** Key of the purpose, as `marketing`. */
  key: string;
  /** Legal basis of the purpose. */
  basis: LegalBasis;
  /** What people are told of it, by locale. */
  text: { [name: string]: string };
  /** Version of the text, 1 for the first. */
  textVersion: number;
  /** When this version was saved; absent for the texts that the suite comes with. */
  savedAt?: Instant;
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

/** A segment that is no more. */
export interface RemovedSegment {
  /** Key that it had. */
  segment: string;
}

/** Whom an identifier belongs to. */
export interface ResolvedIdentity {
  /** Absent when nobody carries the identifier. */
  customer?: UUID;
}

/**
 * A kind of fact that a rule may end the keeping of.
 *
 * - `events`: What visitors did: the events that `events.collect` took, by when they were received. They are deleted.
 * - `journal`: What the journal tells of each change, by when it was made. Who changed what of whom, and when, stays
 *   for the audit.
 * - `customers`: People of whom nothing has been heard: no event, no order, no consent, no change of what their records
 *   say. They are erased as by `privacy.erase`, for the reason `purposeEnded`.
 */
export type RetainedKind =
  | "events"
  | "journal"
  | "customers";

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

/** How long a kind of fact is kept. */
export interface RetentionRule {
  /** What the rule is about. */
  kind: RetainedKind;
  /** Days it is kept; for ever when absent. */
  days?: number;
  /** When the rule was saved. */
  savedAt: Instant;
  /**
   * How far it has been carried out: what is older is gone. Of customers, when all had last been looked at; absent
   * before that.
   */
  doneUpTo?: Instant;
}

/** All rules: there is one at most of each kind. */
export interface RetentionRules {
  /** The rules, by their kinds. */
  items: RetentionRule[];
}

/** A segment that was saved. */
export interface SavedSegment {
  /** The segment. */
  segment: string;
  /** Counts the rules that it has had. */
  version: number;
  /** The job that measures everybody by the rule; absent where everybody was measured by it before. */
  job?: UUID;
  /** Whether every customer has to be looked at to find those for whom the rule holds. */
  scansEverything: boolean;
  /** The clauses that are the reason. */
  scans: SegmentScan[];
}

/** A figure of the customer. Who has none of that name is not meant, whatever the bounds. */
export interface ScoreClause {
  /** Which figure. */
  name: ScoreName;
  /** The figure is at least this. */
  atLeast?: number | string;
  /** The figure is at most this. */
  atMost?: number | string;
}

/**
 * Figures of customers that rules can ask for.
 *
 * - `recency`: Whole days since the last order, by days of UTC.
 * - `frequency`: Number of orders.
 * - `expectedPurchases`: Purchases to expect, as in `clv.list`.
 * - `expectedValue`: Money to expect, as in `clv.list`.
 * - `probabilityAlive`: Probability that the customer has not stopped buying, as in `clv.list`.
 */
export type ScoreName =
  | "recency"
  | "frequency"
  | "expectedPurchases"
  | "expectedValue"
  | "probabilityAlive";

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

/** A segment. */
export interface Segment {
  /** Its rule, and how far that has come. */
  segment: ListedSegment;
  /** How many customers are in it. */
  members: number;
  /** Whether every customer has to be looked at to find those for whom the rule holds. */
  scansEverything: boolean;
  /** The clauses that are the reason. */
  scans: SegmentScan[];
}

/**
 * Why a customer entered or left a segment.
 *
 * - `rule`: The segment got this rule.
 * - `profile`: A profile came, or what it tells changed.
 * - `link`: Profiles became one customer, or are no longer.
 * - `consent`: A consent was given or taken back.
 * - `order`: An order came or changed.
 * - `event`: Something was done on a website or in an application.
 * - `score`: A figure that is computed of the customer changed.
 * - `time`: Time passed.
 */
export type SegmentCause =
  | "rule"
  | "profile"
  | "link"
  | "consent"
  | "order"
  | "event"
  | "score"
  | "time";

/** That a customer entered or left a segment. */
export interface SegmentChange {
  /** Where the change stands; ask for what came since by it. */
  position: string;
  /** The segment. */
  segment: string;
  /** Version of the rule that decided. */
  version: number;
  /** The customer, by the id that it had then. */
  customer: UUID;
  /** Whether it entered or left. */
  change: SegmentMoveKind;
  /** Why. */
  cause: SegmentCause;
  /** When. */
  at: Instant;
}

/** What decides on a clause. */
export interface SegmentFact {
  /** The value that counts: of a trait, a sum, a figure, an identifier, or the state of a consent. */
  value?: JSONValue;
  /** How many events or orders count. */
  count?: number;
  /** System that says it. */
  source?: string;
  /** Profile that it is said of. */
  profile?: UUID;
  /** When: of events and orders the latest one. */
  at?: Instant;
}

/** A customer in a segment. */
export interface SegmentMember {
  /** The customer. */
  customer: UUID;
  /** Since when without a break. */
  since: Instant;
}

/**
 * Which way a customer went.
 *
 * - `entered`: The rule holds now and did not before.
 * - `left`: The rule does not hold any more.
 */
export type SegmentMoveKind =
  | "entered"
  | "left";

/** For whom a rule would hold. */
export interface SegmentPreview {
  /** When that was. */
  asOf: Instant;
  /** For how many customers it holds. */
  count: number;
  /** How many customers there are whom profiling may serve. */
  customers: number;
  /** The first of them, at most ten. */
  sample: SegmentPreviewSample[];
  /** Whether every customer had to be looked at. */
  scansEverything: boolean;
  /** The clauses that are the reason. */
  scans: SegmentScan[];
}

/** A customer for whom the rule holds. */
export interface SegmentPreviewSample {
  /** The customer. */
  customer: UUID;
  /** What decides. */
  clause: ExplainedClause;
}

/**
 * A rule over what is known of a customer, over all of its profiles: a tree of clauses. Each has exactly one member.
 */
export interface SegmentRule {
  /** Every one of these holds, 1 to 50. */
  all?: SegmentRule[];
  /** At least one of these holds, 1 to 50. */
  any?: SegmentRule[];
  /** This does not hold. */
  not?: SegmentRule;
  /** What sources say of the customer; the value that counts is the most recent one, as in `customers.get`. */
  trait?: TraitClause;
  /** What was done on a website or in an application. */
  performed?: PerformedClause;
  /** How many orders there are. */
  ordered?: OrderedClause;
  /** What orders add up to. */
  orderTotal?: OrderTotalClause;
  /** A figure that is computed of the customer. */
  score?: ScoreClause;
  /** What `consents.check` would say now. A segment never stands in for that check: whoever sends asks it at use. */
  consent?: ConsentClause;
  /** What the customer can be known by. */
  carries?: CarriesClause;
  /** The customer has a record of this source. */
  source?: string;
}

/**
 * A rule over what is known of a customer, over all of its profiles: a tree of clauses. Each has exactly one member.
 */
export interface SegmentRuleInput {
  /** Every one of these holds, 1 to 50. */
  all?: readonly SegmentRuleInput[];
  /** At least one of these holds, 1 to 50. */
  any?: readonly SegmentRuleInput[];
  /** This does not hold. */
  not?: SegmentRuleInput;
  /** What sources say of the customer; the value that counts is the most recent one, as in `customers.get`. */
  trait?: TraitClauseInput;
  /** What was done on a website or in an application. */
  performed?: PerformedClause;
  /** How many orders there are. */
  ordered?: OrderedClauseInput;
  /** What orders add up to. */
  orderTotal?: OrderTotalClauseInput;
  /** A figure that is computed of the customer. */
  score?: ScoreClause;
  /** What `consents.check` would say now. A segment never stands in for that check: whoever sends asks it at use. */
  consent?: ConsentClause;
  /** What the customer can be known by. */
  carries?: CarriesClause;
  /** The customer has a record of this source. */
  source?: string;
}

/** A clause for which every customer has to be looked at. */
export interface SegmentScan {
  /** Where the clause stands in the rule, as `/all/1/not`. */
  path: string;
  /** Why. */
  reason: string;
}

/**
 * How far the customers of a segment are those of its rule.
 *
 * - `computing`: A job measures everybody by the rule; until then some are still those of the version before.
 * - `ready`: Everybody was measured, and is followed since.
 */
export type SegmentState =
  | "computing"
  | "ready";

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

/**
 * A trait of the customer. All tests that are given must be passed; what has no such trait passes none but `exists:
 * false`.
 */
export interface TraitClause {
  /** Name of the trait, as `locality`. */
  name: string;
  /** Its value is this string, number or truth value. */
  is?: JSONValue;
  /** Its value is one of these, 1 to 100. */
  in?: JSONValue[];
  /** Whether there is one. */
  exists?: boolean;
  /** It is a text that begins so, letter by letter. */
  startsWith?: string;
  /** It is a number, or a text that writes one, of at least this. */
  atLeast?: number | string;
  /** It is a number, or a text that writes one, of at most this. */
  atMost?: number | string;
  /** It is a day before this one; of a time its day counts. */
  before?: Day;
  /** It is a day after this one; of a time its day counts. */
  after?: Day;
}

/**
 * A trait of the customer. All tests that are given must be passed; what has no such trait passes none but `exists:
 * false`.
 */
export interface TraitClauseInput {
  /** Name of the trait, as `locality`. */
  name: string;
  /** Its value is this string, number or truth value. */
  is?: JSONValue;
  /** Its value is one of these, 1 to 100. */
  in?: readonly JSONValue[];
  /** Whether there is one. */
  exists?: boolean;
  /** It is a text that begins so, letter by letter. */
  startsWith?: string;
  /** It is a number, or a text that writes one, of at least this. */
  atLeast?: number | string;
  /** It is a number, or a text that writes one, of at most this. */
  atMost?: number | string;
  /** It is a day before this one; of a time its day counts. */
  before?: Day;
  /** It is a day after this one; of a time its day counts. */
  after?: Day;
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

/** What a look at a certificate found. */
export interface VerifiedCertificate {
  /** Whether the certificate was made here, of these tables, and was not changed since. */
  isGenuine: boolean;
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
