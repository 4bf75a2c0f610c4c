// An application while it is edited: what is stored, what was typed since, and one change under way at a time.
//
// A save sends the cells that were typed, and `If-Match` the version they were typed into. Where somebody else saved
// meanwhile (412), it reads again: cells only one of the two changed are merged by sending ours again; a cell that both
// changed is a conflict, which a person decides.
import { answered, client, type Application, type Refused, type Schemas } from "../api/client";
import { asRefused } from "../loading";

/** Cells by name: `brand_name`, and `cells/slogan` for one of the campaign's own, so that a name is a finding's pointer. */
export type Cells = Record<string, unknown>;

export interface Conflict {
  name: string;
  mine: unknown;
  theirs: unknown;
}

export interface State {
  stored: Application;
  typed: Cells;
  conflicts: readonly Conflict[];
  saving: boolean;
  error: Refused | null;
}

const PAUSE = 900;
const OWN = "cells/";

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one ?? null) === JSON.stringify(other ?? null);

export const valueIn = (application: Application, name: string): unknown =>
  name.startsWith(OWN) ? application.cells[name.slice(OWN.length)] : application[name as keyof Application];

/** The body of a PATCH; the form's types do not reach through names, the server checks them. */
function bodyOf(cells: Cells): Schemas["ApplicationForm"] {
  const entries = Object.entries(cells);
  const own = entries.filter(([name]) => name.startsWith(OWN)).map(([name, value]) => [name.slice(OWN.length), value ?? null]);
  const plain = Object.fromEntries(entries.filter(([name]) => !name.startsWith(OWN)));
  return own.length > 0 ? { ...plain, cells: Object.fromEntries(own) as Record<string, never> } : plain;
}

export class Draft {
  state: State;
  private readonly listeners = new Set<() => void>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private queue: Promise<unknown> = Promise.resolve();

  constructor(stored: Application) {
    this.state = { stored, typed: {}, conflicts: [], saving: false, error: null };
  }

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  readonly snapshot = (): State => this.state;

  get path() {
    return { application_id: this.state.stored.id };
  }

  get unsaved(): boolean {
    return Object.keys(this.state.typed).length > 0;
  }

  value(name: string): unknown {
    return name in this.state.typed ? this.state.typed[name] : valueIn(this.state.stored, name);
  }

  /** Take what was typed, and save it after a pause. */
  type(cells: Cells): void {
    this.become({ typed: { ...this.state.typed, ...cells }, error: null });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.save(), PAUSE);
  }

  /** Save now what was typed and is in no conflict. */
  save(): Promise<void> {
    clearTimeout(this.timer);
    return this.inTurn(() => this.send());
  }

  /** Change a picture beside the saving: the answer has the application, unless a save came between. */
  async picture(changing: () => Promise<Application>): Promise<void> {
    const before = this.state.stored;
    const answer = await changing();
    return this.inTurn(async () => this.merge(this.state.stored === before ? answer : await this.read()));
  }

  /** Do an act that answers the application, after what was typed is saved. */
  act(doing: (stored: Application) => Promise<Application | undefined>): Promise<void> {
    clearTimeout(this.timer);
    return this.inTurn(async () => {
      await this.send();
      if (this.state.error !== null) throw this.state.error;
      const stored = await doing(this.state.stored);
      if (stored !== undefined) this.become({ stored });
    });
  }

  decide(conflict: Conflict, keep: "mine" | "theirs"): void {
    const conflicts = this.state.conflicts.filter((each) => each !== conflict);
    const typed = { ...this.state.typed };
    if (keep === "theirs") Reflect.deleteProperty(typed, conflict.name);
    this.become({ conflicts, typed });
    void this.save();
  }

  private async send(): Promise<void> {
    const blocked = new Set(this.state.conflicts.map((each) => each.name));
    const sent = Object.fromEntries(Object.entries(this.state.typed).filter(([name]) => !blocked.has(name)));
    if (Object.keys(sent).length === 0) return;
    this.become({ saving: true });
    try {
      const params = { path: this.path, header: { "If-Match": this.state.stored.etag } };
      const stored = await answered(client.PATCH("/api/v1/applications/{application_id}", { params, body: bodyOf(sent) }));
      const left = Object.entries(this.state.typed).filter(([name, value]) => !(name in sent && same(value, sent[name])));
      this.become({ stored, typed: Object.fromEntries(left), saving: false, error: null });
    } catch (reason) {
      await this.failed(asRefused(reason));
    }
  }

  private async failed(error: Refused): Promise<void> {
    if (error.kind !== "stale-version") {
      this.become({ saving: false, error });
      return;
    }
    this.merge(await this.read());
    this.become({ saving: false });
    await this.send();
  }

  private read(): Promise<Application> {
    return answered(client.GET("/api/v1/applications/{application_id}", { params: { path: this.path } }));
  }

  private merge(fresh: Application): void {
    const { stored, typed, conflicts } = this.state;
    const changed = (name: string) => !same(valueIn(fresh, name), valueIn(stored, name)) && !same(valueIn(fresh, name), typed[name]);
    const both = Object.keys(typed).filter(changed);
    const found = both.map((name) => ({ name, mine: typed[name], theirs: valueIn(fresh, name) }));
    this.become({ stored: fresh, conflicts: [...conflicts.filter((each) => !both.includes(each.name)), ...found] });
  }

  private inTurn(step: () => Promise<void>): Promise<void> {
    const done = this.queue.then(step);
    this.queue = done.catch(() => undefined);
    return done;
  }

  private become(change: Partial<State>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }
}
