/**
 * The connection to the room: a WebSocket that reconnects when it breaks. It knows which events it has received and
 * which messages are unacknowledged, so that no line is lost or repeated. lib/chat/web/ws.md describes the messages.
 */

/** Milliseconds before the first attempt to come back, and between later ones at most. */
const PAUSE = { first: 500, longest: 15_000 };

/**
 * Milliseconds between two questions whether the server is still there; one that goes unanswered for as long means no, and so does
 * a connection that is not open by then.
 */
const PING_MS = 25_000;

/** Close codes after which the page does not reconnect: it has left or was removed; the same page is connected elsewhere. */
const FINAL = [1000, 1008, 4001];

/**
 * A message of the room.
 *
 * @typedef {{
 *   kind: string,
 *   n?: number,
 *   t?: number,
 *   id?: number,
 *   run?: string,
 *   name?: string,
 *   names?: string[],
 *   to?: string,
 *   text?: string,
 *   how?: string,
 *   words?: string,
 *   code?: string,
 *   args?: string[],
 *   here?: string[],
 *   own?: boolean,
 *   old?: boolean,
 *   back?: boolean,
 *   gap?: boolean,
 *   events?: Message[],
 * }} Message
 */

/** The subprotocol of pages. */
const PROTOCOL = "sockeye-chat";

/**
 * The state of a connection: enough to resume it.
 *
 * @typedef {{
 *   name: string,
 *   session: string,
 *   run: string,
 *   last?: number | undefined,
 *   lastId?: number,
 *   unheard: readonly { id: number, say: string }[],
 * }} Place
 */

/** Holds on to the room. */
export class Link {
  /** The name that we want to have. */
  name = "";
  /** The room's password. */
  password = "";
  /** Whether we would rather stay out than get another name. */
  strict = false;
  /** Messages that the server has not acknowledged. @type {{ id: number, say: string }[]} */
  unheard = [];
  #session = secret();
  #run = "";
  /** @type {number | undefined} */
  #last;
  /** Whether the server has announced its stop: no messages follow that. */
  #stopped = false;
  /**
   * Number of the last message. A page that reconnects must not reuse a number: the clock covers a page that remembers
   * none, and the remembered number covers a clock that was set back.
   */
  #lastId = 0;
  #attempts = 0;
  #answered = true;
  #ready = false;
  /** @type {WebSocket | undefined} */
  #socket;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #pings;
  #onMessage;
  #onState;

  /**
   * @param {(message: Message) => void} onMessage called once for each message
   * @param {(state: "connecting" | "online" | "again" | "ended" | "elsewhere" | "refused", seconds: number) => void} onState
   */
  constructor(onMessage, onState) {
    this.#onMessage = onMessage;
    this.#onState = onState;
    addEventListener("online", () => this.#hurry());
    document.addEventListener("visibilitychange", () => document.hidden || this.#hurry());
  }

  /** Where we are. @returns {Place} */
  get place() {
    const { name, unheard } = this;
    return { name, session: this.#session, run: this.#run, last: this.#last, lastId: this.#lastId, unheard };
  }

  /** @param {Place} place where we were */
  set place({ name, session, run, last, lastId = 0, unheard }) {
    this.name = name;
    this.#session = session;
    this.#run = run;
    this.#last = last;
    this.#lastId = Math.max(this.#lastId, lastId);
    this.unheard = [...unheard];
  }

  /** From now on this page is a new member. */
  renew() {
    this.place = { name: this.name, session: secret(), run: "", unheard: [] };
    this.#attempts = 0;
  }

  /** Goes there. */
  connect() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#drop();
    // A connection that is not answered at all is as bad as a question that is not.
    this.#answered = false;
    clearInterval(this.#pings);
    this.#pings = setInterval(() => this.#ping(), PING_MS);
    this.#onState("connecting", 0);
    const { protocol, host } = location;
    const socket = new WebSocket(`${protocol === "https:" ? "wss" : "ws"}://${host}/ws`, PROTOCOL);
    this.#socket = socket;
    socket.onopen = () => socket === this.#socket && this.#join(socket);
    socket.onmessage = ({ data }) => socket === this.#socket && this.#take(JSON.parse(data));
    socket.onclose = ({ code }) => socket === this.#socket && this.#lose(code);
  }

  /**
   * Says a line, now or as soon as there is a way.
   *
   * @param {string} say
   * @returns it with its number
   */
  say(say) {
    this.#lastId = Math.max(this.#lastId + 1, Date.now());
    const message = { id: this.#lastId, say };
    this.unheard.push(message);
    if (this.#ready) this.#send(message);
    return message;
  }

  /**
   * Asks for earlier messages.
   *
   * @param {{ t: number, skip: number }} older where our earliest line is
   * @returns whether we are connected
   */
  askOlder(older) {
    if (this.#ready) this.#send({ older });
    return this.#ready;
  }

  /** @param {WebSocket} socket */
  #join(socket) {
    const { name, password, strict } = this;
    const back = this.#last === undefined ? strict && { strict } : { run: this.#run, last: this.#last };
    const join = { session: this.#session, ...(name && { name }), ...(password && { password }), ...back };
    socket.send(JSON.stringify({ join }));
    this.#answered = true;
  }

  /** @param {Message} message */
  #take(message) {
    this.#answered = true;
    const { kind, n, id = 0, run = "" } = message;
    if (kind === "refused") this.#leave("refused");
    if (kind === "welcome") {
      if (run !== this.#run && this.#last !== undefined) {
        this.#last = 0; // Another run of the server counts anew.
        message.gap ||= !this.#stopped;
      }
      this.#run = run;
      this.#stopped = false;
    }
    if (message.code === "stop") this.#stopped = true;
    if (kind === "ack") this.unheard = this.unheard.filter((one) => one.id > id);
    if (n !== undefined && kind !== "ready") {
      if (n <= (this.#last ?? 0)) return;
      if (this.#last !== undefined || this.#ready) this.#last = n;
    }
    if (kind === "ready") this.#arrive(n ?? 0);
    this.#onMessage(message);
  }

  /** @param {number} n */
  #arrive(n) {
    this.#last = n;
    this.#ready = true;
    this.#attempts = 0;
    this.#onState("online", 0);
    for (const message of this.unheard) this.#send(message);
  }

  /** @param {object} message */
  #send(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #ping() {
    if (!this.#answered) return this.#lose(1006);
    this.#answered = false;
    this.#send({ ping: true });
  }

  /** @param {"ended" | "elsewhere" | "refused"} why */
  #leave(why) {
    this.#drop();
    this.#onState(why, 0);
  }

  #drop() {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#ready = false;
    clearInterval(this.#pings);
    socket?.close();
  }

  /** @param {number} code */
  #lose(code) {
    if (FINAL.includes(code)) return this.#leave(code === 4001 ? "elsewhere" : "ended");
    this.#drop();
    // At a random time, so that not all pages reconnect at once after a restart of the server.
    const pause = Math.min(PAUSE.longest, PAUSE.first * 2 ** this.#attempts++) * (0.75 + Math.random() / 2);
    this.#onState("again", Math.max(1, Math.round(pause / 1000)));
    this.#timer = setTimeout(() => this.connect(), pause);
  }

  /** The page is looked at, or the network is back: there is no reason to wait any longer. */
  #hurry() {
    if (this.#timer !== undefined) this.connect();
  }
}

/** A secret that cannot be guessed. */
function secret() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
