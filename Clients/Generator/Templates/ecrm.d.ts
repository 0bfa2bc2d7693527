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
