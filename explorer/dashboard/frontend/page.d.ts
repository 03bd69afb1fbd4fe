/* What the modules of the page hand to each other. */

import type {
  Answer,
  Chart,
  Content,
  Field,
  Kind,
  Paper,
  PaperRow,
  ScoreParts,
  Range,
  SelectionFields,
  Status,
  Step,
  TopicRow,
  Traits,
} from "./messages.d.ts";

// The model that the widget's host gives

export interface Model {
  get<Name extends keyof Traits>(name: Name): Traits[Name];
  on(event: string, handler: Listener): void;
  off(event: string, handler: Listener): void;
  send(message: object, callbacks?: undefined, buffers?: ArrayBuffer[]): void;
  /** JupyterLab and Voila say through it how the kernel does; other hosts have none. */
  widget_manager?: { kernel?: Kernel };
}

/** A model that holds the server's values until the kernel's is there. */
export interface Standby extends Model {
  /** Whether the kernel's model is still awaited. */
  waiting(): boolean;
  /** Go on with the kernel's model; `done` is called once it shows what the page does. */
  adopt(model: Model, done: () => void): void;
  /** Hear nothing of the kernel's model any more. */
  release(): void;
}

export type Listener = (...parts: any[]) => void;

export interface Signal<T> {
  connect(slot: (sender: unknown, value: T) => void): void;
  disconnect(slot: (sender: unknown, value: T) => void): void;
}

/** What is used of `IKernelConnection` of JupyterLab's services. */
export interface Kernel {
  connectionStatusChanged?: Signal<string>;
  statusChanged?: Signal<string>;
  disposed?: Signal<void>;
}

// The line to the kernel

export interface Link {
  /** Send a message; returns its number. */
  send<K extends Kind>(kind: K, ...rest: Rest<K>): number;
  /** Change the selection; `joined`: undo takes the change back together with the one before; `typed`: the query is not whole. */
  set(changes: Partial<SelectionFields>, joined?: boolean, typed?: boolean): void;
  /** The selection as it will be once all is answered. */
  draft(): SelectionFields;
  /** `flush` sends what was typed and not sent yet; it is called before any other message. */
  typedFirst(flush: () => void): void;
  /** Whether a change is unanswered. */
  busy(): boolean;
  /** Whether the message of this number is answered. */
  answered(seq: number): boolean;
  /** Whether the selection has this value. */
  isOn(field: Field, value: unknown): boolean;
  /** Put a value in, or take it out. */
  toggle(field: Field, value: unknown): void;
  /** Leave papers with a value out, or show them again. */
  exclude(field: Field, value: string): void;
  /** Take one value out. */
  remove(field: Field, value: unknown): void;
  /** Look which messages are answered. */
  settle(): void;
  /** Leave what waits for papers that did not come. */
  forget(): void;
  /** The kernel is in reach again. */
  again(): void;
  close(): void;
}

/** The content of a message, which may be left out where a kind needs none; then what it carries. */
export type Rest<K extends Kind> =
  Record<never, never> extends Content<K>
    ? [content?: Content<K>, buffers?: ArrayBuffer[]]
    : [content: Content<K>, buffers?: ArrayBuffer[]];

// What every panel gets

export interface App {
  model: Model;
  link: Link;
  root: HTMLElement;
  frame: HTMLElement;
  /** Whether the dashboard is a page of its own, and not the output of a cell. */
  page: boolean;
  /** Aborted when the view goes. */
  signal: AbortSignal;
  /** What Escape closes, the first that is open; each tells whether it was. */
  layers: (() => boolean)[];
  /** The model of a page that was drawn before its kernel was there; null elsewhere. */
  standby: Standby | null;
  /** Run an action once no button of the mouse is down. */
  whenReleased(action: () => void): void;
  /** An id that no other view on the page has. */
  id(name: string): string;
  on(event: string, handler: Listener): void;
  off(event: string, handler: Listener): void;
  /** Hear the answers of one kind. */
  onAnswer<K extends Answer["kind"]>(
    kind: K,
    handler: (answer: Extract<Answer, { kind: K }>, buffers: DataView<ArrayBuffer>[]) => void,
  ): void;
  /** Run `draw` now and once after each change of these traits, however many changed together, but not during a click. */
  watch(names: (keyof Traits)[], draw: () => void): void;
  /** A handler whose faults are shown. */
  guard<Parts extends unknown[], Result>(handler: (...parts: Parts) => Result): (...parts: Parts) => Result | undefined;
  fault(error: unknown, text?: string): void;
  say(level: Status["level"], text: string, at?: number | null): void;
  copy(text: string, done: string): Promise<void>;
  onTheme(listener: () => void): void;
  closeTop(): boolean;
  toggleRail(): void;
  openRail(): void;
  closeRail(): boolean;
  close(): void;

  // The panels, in the order in which they are made

  opening: Panel;
  preparation: Panel;
  exporting: Panel;
  status: StatusPanel;
  search: SearchPanel;
  beyond: Panel;
  spelling: { below: HTMLElement; instead: HTMLElement };
  savedSearches: Panel;
  comparison: Panel;
  concepts: ConceptsPanel;
  conceptSet: Panel;
  report: Panel & { print(): void };
  exportMenu: Panel;
  intake: Panel & { layers: HTMLElement[] };
  ledgerDialog: Panel & { dialog: HTMLDialogElement };
  growth: Panel;
  daily: Panel & { dialog: HTMLDialogElement };
  subscribe: Panel & { dialog: HTMLDialogElement };
  topicEdits: TopicEdits;
  topicCompare: TopicCompare;
  toolbar: Panel & { rail: HTMLButtonElement };
  filters: Panel;
  preference: Panel;
  marks: MarksPanel;
  papers: PapersPanel;
  charts: Panel;
  axes: Panel;
  reader: ReaderPanel;
  screening: ScreeningPanel;
}

/** Two periods, topics or selections beside each other. */
export interface TopicCompare {
  dialog: HTMLDialogElement;
  button(): HTMLElement;
}

/** Changes of the topics. */
export interface TopicEdits {
  dialog: HTMLDialogElement;
  /** The button that looks at a topic of the panel. */
  menu(row: TopicRow): HTMLElement;
  /** The button that shows the log of edits. */
  logButton(edits: number): HTMLElement;
  /** The button that moves a paper to another topic. */
  move(paper: Paper): HTMLElement;
}

export interface Panel {
  node: HTMLElement;
}

export interface FacetPanel<F> extends Panel {
  update(facet: F): void;
}

/** A histogram with two handles and two boxes. */
export interface RangeControl<T> extends Panel {
  /** Ends that lie within a step are `written`; a step of numbers goes `reach` beyond its label. */
  update(steps: Step<T>[], selected: Range<T>, written?: Range<T>, reach?: number): void;
}

export interface StatusPanel extends Panel {
  /** What went wrong; lies where the chips are. */
  alert: HTMLElement;
  banners: HTMLElement;
  /** Say something; an error may point at a character of a text, by default of the query. */
  say(level: Status["level"], text: string, at?: number | null, of?: string): void;
  /** Whether the kernel is out of reach. */
  setLost(gone: boolean, text?: string): void;
}

export interface ConceptsPanel extends Panel {
  /** Keep the room of a ranking by an expression that is on its way, so that nothing moves when it comes. */
  expect(expression: string): void;
  /** Rank by a topic or a saved set too. */
  add(of: "topic" | "set", name: string): void;
}

export interface SearchPanel extends Panel {
  input: HTMLInputElement;
  help: Popover;
  /** Search for a text. */
  use(text: string): void;
  focus(): void;
}

export interface MarksPanel extends Panel {
  /** Tags, note and what others share, of the open paper. */
  ofPaper(paper: Paper): Children;
  /** Marks of a paper of the list. */
  ofRow(item: PaperRow): Children;
  /** What can be done with ticked papers. */
  forTicked(): Children[];
  /** A button that stars a paper; nothing where it cannot be. */
  star(row: number, on: boolean, title: string, words?: boolean): Child;
  /** Whether there was a note to write in. */
  focusNote(): boolean;
  focusTag(): boolean;
  /** Take the last change of stars, tags, notes and papers read back. */
  undo(): boolean;
}

export interface PapersPanel extends Panel {
  /** Move the focus through the list. */
  step(by: number): void;
  /** Move the focus from the search box to the papers, once what was asked there is answered. */
  enter(): void;
  /** The reader types on. */
  stay(): void;
  /** Tick the paper that has the focus, or untick it; whether there was one. */
  tickCurrent(): boolean;
  /** Open the paper that has the focus. */
  openCurrent(): void;
  /** Star the paper that has the focus; whether there was one. */
  starCurrent(): boolean;
  /** Row of the paper that stands so many places after another on the page. */
  neighbour(row: number | null, by: number): number | undefined;
  /** Say already what the bars of a ranking that is on its way will mean, which takes a line. */
  awaitParts(parts: Pick<ScoreParts, "names" | "added" | "places"> | null): void;
  /** Scroll the open paper into view. */
  reveal(): void;
  focusPaper(row: number | null): void;
}

export interface ReaderPanel extends Panel {
  open(row: number): void;
  close(): boolean;
  step(by: number): void;
  /** Whether there was a paper to mark. */
  toggleRead(): boolean;
  /** Whether there was a paper to star. */
  toggleStar(): boolean;
}

export interface ScreeningPanel extends Panel {
  button: HTMLButtonElement;
  /** Whether a key was one of the Screen mode. */
  pressed(event: KeyboardEvent): boolean;
}

export interface Popover {
  button: HTMLElement;
  panel: HTMLElement;
  isOpen(): boolean;
  open(): void;
  close(): boolean;
}

export interface CompletionList {
  /** The list, and what is read out when it opens. */
  nodes: [list: HTMLElement, announcement: HTMLElement];
  close(): boolean;
  /** Something was typed into the box. */
  typed(): void;
  /** Whether a key was the list's own. */
  pressed(event: KeyboardEvent): boolean;
}

// Charts

export interface ChartView {
  name: string;
  node: HTMLElement;
  actions: HTMLElement;
  /** Where the chart's title is written. */
  title: HTMLElement;
  draw(): void;
  /** Draw in other colours. */
  redraw(): void;
}

export type TopicsPanel = ChartView;

/** For charts that are not the kernel's `charts`. */
export interface ChartHooks {
  /** The chart as it is now. */
  chart?: () => Chart | null;
  clicked?: (point: Point) => void;
  hovered?: (point: Point | undefined) => void;
  /** A range was drawn over it; null: taken back. */
  selected?: (range: DrawnRange | null) => void;
}

export interface DrawnRange {
  x: [number, number];
  y: [number, number];
}

export interface Point {
  customdata?: unknown;
}

/** What plotly tells of the pointer. */
export interface PlotlyEvent {
  points?: Point[];
  range?: DrawnRange;
}

export interface PlotlyElement extends HTMLElement {
  on(name: string, handler: (event?: PlotlyEvent) => void): void;
}

/** What is used of plotly.js. */
export interface Plotly {
  react(node: HTMLElement, data: object[], layout: object, config: object): Promise<PlotlyElement>;
  downloadImage(figure: object, options: object): Promise<string>;
  purge(node: HTMLElement): void;
}

/** Colours of the theme, as CSS writes them, and its typeface. */
export type ThemeColours = Record<"ink" | "muted" | "line" | "edge" | "surface" | "accent" | "family", string> & {
  /** Of topics, by place. */
  topics: string[];
};

// Elements

export type Child = Node | string | null | undefined | false;
/** Lists within lists are flattened. */
export type Children = Child | readonly (Child | readonly Child[])[];

type Attribute = string | number | boolean | null | undefined;

interface Attributes {
  /** The accessible name. */
  label?: string | null;
  /** Lets the focus survive a redraw. */
  key?: string | null;
  style?: Record<string, string | number>;
  value?: string | number;
  checked?: boolean;
  indeterminate?: boolean;
  disabled?: boolean;
  hidden?: boolean;
  tabIndex?: number;
  class?: Attribute;
  id?: Attribute;
  role?: Attribute;
  title?: Attribute;
  type?: Attribute;
  for?: Attribute;
  href?: Attribute;
  target?: Attribute;
  rel?: Attribute;
  scope?: Attribute;
  dir?: Attribute;
  open?: Attribute;
  selected?: boolean;
  placeholder?: Attribute;
  maxlength?: Attribute;
  pattern?: Attribute;
  inputmode?: Attribute;
  autocomplete?: Attribute;
  spellcheck?: Attribute;
  min?: Attribute;
  max?: Attribute;
  step?: Attribute;
  multiple?: Attribute;
  required?: Attribute;
  [aria: `aria-${string}`]: Attribute;
  [data: `data-${string}`]: Attribute;
}

export type Handlers<E> = {
  [Name in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[Name] & { currentTarget: E }) => unknown;
};

export type Properties<E> = Attributes & Handlers<E>;

declare global {
  interface Window {
    Plotly?: Plotly;
    /** The template begins to load plotly.js before the dashboard is there. */
    __lxPlotly?: Promise<Plotly | undefined>;
    /** An AMD loader, where the host has one. */
    define?: { amd?: unknown };
  }
}
