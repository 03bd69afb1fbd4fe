/*
 * What the page and the kernel say to each other, in three parts: messages of the page, answers of the kernel, and the traits,
 * which the kernel alone writes. docs/messages.md tells when each is sent; tests/test_frontend.py holds them to the Python side.
 *
 * A message of kind "tick_page" is a TickPageMessage, an answer of kind "axis_point" an AxisPointAnswer.
 */

// Values that several of them hold

/** An open end is null. */
export type Range<T> = [low: T | null, high: T | null];

/** A piece of text, and 1 where the query hit it. */
export type Segment = [text: string, hit: 0 | 1];

/** The fields of `explorer.Selection`, tuples as lists. */
export interface SelectionFields {
  query: string;
  years: Range<number>;
  months: Range<string>;
  topics: string[];
  venues: string[];
  authors: string[];
  keywords: string[];
  has_code: boolean | null;
  rank: string;
  like: string[];
  unlike: string[];
  /** Each two poles, or one column. */
  axes: string[][];
  x: Range<number>;
  y: Range<number>;
  prefer: [objective: string, weight: number][];
  sort: string;
  mode: string;
  columns: Pair[];
  exclude: Pair[];
  tags: string[];
  marks: string[];
}

/** A column of the reader's own, or another field, and a value of it; of numbers and dates a range as text. */
export type Pair = [name: string, text: string];

/** A field, or a column of the reader's own by its key. */
export type Field = keyof SelectionFields | `columns.${string}`;

export type Changes = Partial<SelectionFields>;

/** What became of one record of an import. */
export interface LedgerEntry {
  source: string;
  line: number | null;
  record: number;
  action: "accepted" | "rejected" | "merged" | "likely" | "repaired" | "empty";
  field: string;
  before: string;
  after: string;
  reason: string;
}

/** Entries by what became of them: how many there are, and the first of them. */
export interface LedgerExtract {
  counts: Record<string, number>;
  entries: LedgerEntry[];
}

// Messages of the page

interface Numbered {
  /** Larger than of any message before; the answer carries it. */
  seq: number;
}

/** Change fields of the selection. */
export interface SetMessage extends Numbered {
  kind: "set";
  changes: Changes;
  /** Whether one undo takes back this change and the one before. */
  joined: boolean;
  /** Whether the query is still being typed: its last word is then the beginning of one. */
  typed?: boolean;
}

/** Go back to the selection before. */
export interface UndoMessage extends Numbered {
  kind: "undo";
}

/** Take an undo back. */
export interface RedoMessage extends Numbered {
  kind: "redo";
}

/** Drop every filter; the order stays. */
export interface ClearMessage extends Numbered {
  kind: "clear";
}

/** Show what an address says. */
export interface UrlMessage extends Numbered {
  kind: "url";
  /** The query of the address, without its question mark. */
  url: string;
}

/** Stop opening the papers that a cell gave. */
export interface StopOpeningMessage extends Numbered {
  kind: "stop_opening";
}

/** The page of a kernel that was started before anybody came is there, at this address. */
export interface ArriveMessage extends Numbered {
  kind: "arrive";
  /** The query of the address, without its question mark. */
  url: string;
}

/** Turn to a page of the list. */
export interface PageMessage extends Numbered {
  kind: "page";
  /** From 0. */
  page: number;
}

/** Open a paper in the reader; null closes it. */
export interface OpenMessage extends Numbered {
  kind: "open";
  row: number | null;
}

/** Mark a paper as read, or not. */
export interface ReadMessage extends Numbered {
  kind: "read";
  row: number;
  on: boolean;
}

/** Tick a paper, or untick it. */
export interface TickMessage extends Numbered {
  kind: "tick";
  row: number;
  on: boolean;
}

/** Tick or untick the papers of the page shown. */
export interface TickPageMessage extends Numbered {
  kind: "tick_page";
  on: boolean;
}

/** Tick papers by their ids, as a page that was loaded again remembers them. */
export interface TickIdsMessage extends Numbered {
  kind: "tick_ids";
  ids: string[];
}

/** List the ticked papers only, or all that are shown. */
export interface ShowTickedMessage extends Numbered {
  kind: "show_ticked";
  on: boolean;
}

/** Untick all papers. */
export interface UntickAllMessage extends Numbered {
  kind: "untick_all";
}

/** Look for values within a filter panel, ask for more of them, or open or close one of the reader's own columns. */
export interface FacetMessage extends Numbered {
  kind: "facet";
  facet: string;
  text?: string;
  /** How often more values were asked for. */
  page?: number;
  open?: boolean;
}

/** Set an option of the charts. */
export interface ChartMessage extends Numbered {
  kind: "chart";
  option: string;
  value: boolean | string;
}

/** What the colour of a paper on the axes tells. */
export interface AxisColourMessage extends Numbered {
  kind: "axis_colour";
  value: string;
}

/** Rank by further terms too. */
export interface AddConceptMessage extends Numbered {
  kind: "add_concept";
  text: string;
}

/** Rank by a topic or a saved set of papers too. */
export interface AddOperandMessage extends Numbered {
  kind: "add_operand";
  of: "topic" | "set" | "paper";
  name: string;
}

/** Rank by a paper too. */
export interface AddPaperMessage extends Numbered {
  kind: "add_paper";
  row: number;
}

/** Rank by likeness to a paper. */
export interface LikePaperMessage extends Numbered {
  kind: "like_paper";
  row: number;
}

/** Rank by likeness to the ticked papers, or by unlikeness as well. */
export interface LikeTickedMessage extends Numbered {
  kind: "like_ticked";
  less: boolean;
}

/** Stop making what ranking by meaning takes. */
export interface StopPreparingMessage extends Numbered {
  kind: "stop_preparing";
}

/** Stop the export that is being written. */
export interface StopExportMessage extends Numbered {
  kind: "stop_export";
}

/** A part of a file has arrived: send another, if there is one. */
export interface FileNextMessage extends Numbered {
  kind: "file_next";
  /** Of the file. */
  id: string;
}

/** Send what is shown, or what is ticked, as files. */
export interface ExportMessage extends Numbered {
  kind: "export";
  format: string;
  ticked: boolean;
  /** Add topic, scores and places on axes. */
  analysis: boolean;
  /** Add what the reader starred, read, tagged and noted. */
  marks: boolean;
  /** Leave the abstracts in. */
  abstracts: boolean;
}

/** Send plotly.js. */
export interface PlotlyMessage extends Numbered {
  kind: "plotly";
}

/** Star a paper, or the ticked ones (null); or take the star off. */
export interface StarMessage extends Numbered {
  kind: "star";
  row: number | null;
  on: boolean;
}

/** Tag a paper, or the ticked ones (null); or take the tag off. */
export interface TagMessage extends Numbered {
  kind: "tag";
  row: number | null;
  name: string;
  on: boolean;
}

/** Keep a note while it is written; `before` is the text that the writer began from. */
export interface NoteMessage extends Numbered {
  kind: "note";
  row: number;
  text: string;
  before: string;
}

/** Take the last change of stars, tags, notes and papers read back. */
export interface UndoMarkMessage extends Numbered {
  kind: "undo_mark";
}

/** Add the ticked papers to a set. */
export interface AddToSetMessage extends Numbered {
  kind: "add_to_set";
  name: string;
}

/** Show something to the other readers of the library, or no longer. */
export interface ShareMessage extends Numbered {
  kind: "share";
  of: string;
  name: string;
  on: boolean;
}

/** Look up the saved searches anew. */
export interface SavedMessage extends Numbered {
  kind: "saved";
}

/** Save what is shown under a name. */
export interface SaveSearchMessage extends Numbered {
  kind: "save_search";
  name: string;
  replace: boolean;
}

/** Give a saved search another name. */
export interface RenameSearchMessage extends Numbered {
  kind: "rename_search";
  name: string;
  to: string;
}

/** Forget a saved search. */
export interface DeleteSearchMessage extends Numbered {
  kind: "delete_search";
  name: string;
}

/** Show a saved search. */
export interface RunSearchMessage extends Numbered {
  kind: "run_search";
  name: string;
  /** Whether to compare it with what it gave when it was saved. */
  changes: boolean;
}

/** Save the ticked papers as a set, and rank by it too. */
export interface SetAsConceptMessage extends Numbered {
  kind: "set_as_concept";
  name: string;
  replace: boolean;
}

/** Forget a set of papers. */
export interface DeleteSetMessage extends Numbered {
  kind: "delete_set";
  name: string;
}

/** Compare what is shown with a saved search, an address or a date; null ends the comparison. */
export interface CompareMessage extends Numbered {
  kind: "compare";
  with: { saved: string; then?: boolean } | { url: string } | { date: string } | null;
}

/** Which papers of a comparison the list shows. */
export interface CompareShowMessage extends Numbered {
  kind: "compare_show";
  part: ComparisonPart;
}

/** Announce files. */
export interface IntakeBeginMessage extends Numbered {
  kind: "intake_begin";
  /** `size` in bytes. */
  files: { id: string; name: string; size: number }[];
}

/** The next part of a file, which is the message's one buffer. */
export interface IntakeChunkMessage extends Numbered {
  kind: "intake_chunk";
  id: string;
  /** From 0. */
  part: number;
}

/** All parts were sent: read the files. */
export interface IntakeReadMessage extends Numbered {
  kind: "intake_read";
}

/** Read again, with a file taken otherwise. */
export interface IntakeMapMessage extends Numbered {
  kind: "intake_map";
  file: string;
  /** Field of the schema by column; empty for none. */
  columns: Record<string, string>;
  delimiter: string | null;
  encoding: string | null;
}

/** Keep a record apart from the paper it would go into; a source of null takes all of these decisions back. */
export interface IntakeKeepMessage extends Numbered {
  kind: "intake_keep";
  source: string | null;
  record?: number;
  paper?: string;
}

/** Ask a service. */
export interface IntakeFetchMessage extends Numbered {
  kind: "intake_fetch";
  service: string;
  query: string;
  /** Papers at most. */
  limit: number;
  /** Which list of the service to take in place of a search: "daily" or "trending"; empty for none. */
  list: string;
  /** Day, week or month of a daily list; empty for the latest. */
  day: string;
}

/** Take the papers over. */
export interface IntakeAcceptMessage extends Numbered {
  kind: "intake_accept";
  how: "add" | "new";
}

/** Stop what runs, and forget what came. */
export interface IntakeCancelMessage extends Numbered {
  kind: "intake_cancel";
}

/** Forget how the last papers came in. */
export interface IntakeCloseMessage extends Numbered {
  kind: "intake_close";
}

/** Send what became of every record as a file. */
export interface IntakeLedgerMessage extends Numbered {
  kind: "intake_ledger";
  /** "corpus" for the records of the corpus shown; without it those that came last. */
  of?: "corpus";
}

/** Take a merge of the corpus back. */
export interface IntakeSplitMessage extends Numbered {
  kind: "intake_split";
  /** Id of the paper. */
  paper: string;
}

/** Take the last change of the corpus back. */
export interface IntakeUndoMessage extends Numbered {
  kind: "intake_undo";
}

/** Show the corpus as it was changed elsewhere. */
export interface IntakeFollowMessage extends Numbered {
  kind: "intake_follow";
}

/** Say of two papers that are likely one whether they are. */
export interface IntakeDecideMessage extends Numbered {
  kind: "intake_decide";
  first: string;
  second: string;
  same: boolean;
}

/** Find the topics of the corpus anew. */
export interface IntakeRefitMessage extends Numbered {
  kind: "intake_refit";
}

// A review

/** Turn the Screen mode on. */
export interface ScreenOpenMessage extends Numbered {
  kind: "screen_open";
}

/** Turn the Screen mode off; the review stays. */
export interface ScreenCloseMessage extends Numbered {
  kind: "screen_close";
}

/** Show the list of reviews again. */
export interface ScreenLeaveMessage extends Numbered {
  kind: "screen_leave";
}

/** Begin a review, or go on with the one of that name. */
export interface ScreenBeginMessage extends Numbered {
  kind: "screen_begin";
  name: string;
  /** Empty for the reader of the library. */
  reviewer: string;
  description?: string;
  /** A line each. */
  criteria?: string;
  /** Reviewers who decide about each record. */
  votes?: number;
  /** Whether the ticked papers are included. */
  seeds?: boolean;
}

/** Decide about a record. */
export interface ScreenDecideMessage extends Numbered {
  kind: "screen_decide";
  id: string;
  label: string;
  reason: string;
}

/** Resolve the conflict about a record. */
export interface ScreenResolveMessage extends Numbered {
  kind: "screen_resolve";
  id: string;
  label: string;
  reason: string;
}

/** Take the last decision back, or what a file told. */
export interface ScreenUndoMessage extends Numbered {
  kind: "screen_undo";
  /** Of the file. */
  number?: number;
}

/** Show a certain record; null: the one that comes next. */
export interface ScreenPickMessage extends Numbered {
  kind: "screen_pick";
  id: string | null;
  /** The paper in a row of the corpus instead. */
  row?: number;
}

/** Fill in a missing abstract. */
export interface ScreenFillMessage extends Numbered {
  kind: "screen_fill";
  id: string;
  text: string;
}

/** Show another view, or another stage. */
export interface ScreenViewMessage extends Numbered {
  kind: "screen_view";
  view: string;
  /** 1: titles and abstracts, 2: full texts. */
  stage: number;
  /** Of the decisions those with all of these in title or reason. */
  words?: string;
  /** Of the decisions those with this label; empty for all. */
  label?: string;
}

/** A reviewer is done, leaves, comes back, or lifts the blinding. */
export interface ScreenTeamMessage extends Numbered {
  kind: "screen_team";
  act: string;
  /** Who leaves or is asked to take part; empty for the reviewer. */
  who: string;
}

/** Change criteria and reasons, given as lines. */
export interface ScreenSettingsMessage extends Numbered {
  kind: "screen_settings";
  settings: Record<string, string>;
}

/** Draw a random sample. */
export interface ScreenSampleMessage extends Numbered {
  kind: "screen_sample";
  size: number;
}

/** Take the records that the corpus has and the review has not. */
export interface ScreenUpdateMessage extends Numbered {
  kind: "screen_update";
}

/** Take the decisions over that the records tell of. */
export interface ScreenPriorsMessage extends Numbered {
  kind: "screen_priors";
}

/** Include papers known to be relevant: those of a file, whose bytes are the buffer, or of lines. */
export interface ScreenSeedsMessage extends Numbered {
  kind: "screen_seeds";
  name: string;
  /** A DOI, a PMID, an arXiv id or a title a line. */
  lines?: string;
}

/** A part of a file of decisions made elsewhere, numbered from 0, whose bytes are the buffer. */
export interface ScreenLabelsMessage extends Numbered {
  kind: "screen_labels";
  name: string;
  /** Bytes of the whole file. */
  size: number;
  part: number;
}

/** Take over the decisions of the file that was read, or leave them. */
export interface ScreenLabelsTakeMessage extends Numbered {
  kind: "screen_labels_take";
  yes: boolean;
}

/** Save a file of the review. */
export interface ScreenFileMessage extends Numbered {
  kind: "screen_file";
  file: string;
}

// Questions: messages that change nothing, each with an answer

/** What may follow at the cursor. */
export interface CompleteMessage extends Numbered {
  kind: "complete";
  text: string;
  /** Characters before the cursor. */
  at: number;
  /** Whether it is an expression over concepts. */
  concepts: boolean;
}

/** What a query may have meant. */
export interface SuggestMessage extends Numbered {
  kind: "suggest";
  text: string;
}

/** What there is beyond the few papers that have every word of the query. */
export interface BeyondMessage extends Numbered {
  kind: "beyond";
}

/** What the score of a paper is made of. */
export interface WhyMessage extends Numbered {
  kind: "why";
  row: number;
}

/** What to say of the paper under the pointer. */
export interface AxisPointMessage extends Numbered {
  kind: "axis_point";
  row: number;
}

/** Which papers appeared in a period. */
export interface DayMessage extends Numbered {
  kind: "day";
  /** ``2026-06-12``, ``2026-W24`` or ``2026-06``; without it the last day. */
  period?: string;
  /** Another kind of period around it. */
  by?: string;
  order?: string;
}

/** What the reader is subscribed to, and the next issue of what is shown. */
export interface SubscriptionsMessage extends Numbered {
  kind: "subscriptions";
  /** Words against, between commas. */
  without?: string;
  cadence?: string;
  cap?: number;
}

/** Subscribe to what is shown. */
export interface SubscribeMessage extends Numbered {
  kind: "subscribe";
  name: string;
  without?: string;
  cadence?: string;
  cap?: number;
  address?: string;
  bibtex?: boolean;
  replace?: boolean;
}

/** End a subscription. */
export interface EndSubscriptionMessage extends Numbered {
  kind: "end_subscription";
  name: string;
}

/** What to read next, also learnt from papers picked to begin with and from the ticked ones. */
export interface RecommendMessage extends Numbered {
  kind: "recommend";
  rows?: number[];
  ticked?: boolean;
}

/** What a topic is, by its id or its label. */
export interface TopicMessage extends Numbered {
  kind: "topic";
  topic: string;
}

/** The log of edits of the topics. */
export interface TopicLogMessage extends Numbered {
  kind: "topic_log";
}

/** Change a topic, or make one of words between commas and of ticked papers. */
export interface TopicEditMessage extends Numbered {
  kind: "topic_edit";
  action: string;
  topic: string;
  label?: string;
  others?: string[];
  number?: number;
  words?: string;
  ticked?: boolean;
  row?: number;
}

/** Compare two sides by what they are about; a side is a pair of years, a topic's id, or the name of a saved search. */
export interface TopicCompareMessage extends Numbered {
  kind: "topic_compare";
  by: "periods" | "topics" | "selections";
  of: string;
  before: unknown;
  after: unknown;
}

/** Take an edit of the topics back, by its number in the log, from 1. */
export interface TopicUndoMessage extends Numbered {
  kind: "topic_undo";
  number: number;
}

/** What became of the records that the corpus was made from. */
export interface LedgerMessage extends Numbered {
  kind: "ledger";
}

/** What is shown as a report to print. */
export interface ReportMessage extends Numbered {
  kind: "report";
}

/** A chart as a figure, to be saved as a picture. */
export interface PictureMessage extends Numbered {
  kind: "picture";
  chart: "topics";
}

/** A chart as Python that draws it. */
export interface ChartCodeMessage extends Numbered {
  kind: "chart_code";
  /** Its name. */
  chart: string;
}

/** A paper as text to cite it by. */
export interface CiteMessage extends Numbered {
  kind: "cite";
  row: number;
  form: "bibtex" | "reference" | "key";
}

/** What the PRISMA flow of the review is, drawn where there are so many pixels from left to right. */
export interface ScreenFlowMessage extends Numbered {
  kind: "screen_flow";
  width: number;
}

export type Message =
  | SetMessage
  | UndoMessage
  | RedoMessage
  | ClearMessage
  | UrlMessage
  | ArriveMessage
  | StopOpeningMessage
  | PageMessage
  | OpenMessage
  | ReadMessage
  | TickMessage
  | TickPageMessage
  | TickIdsMessage
  | ShowTickedMessage
  | UntickAllMessage
  | FacetMessage
  | ChartMessage
  | AxisColourMessage
  | AddConceptMessage
  | AddOperandMessage
  | AddPaperMessage
  | LikePaperMessage
  | LikeTickedMessage
  | StopPreparingMessage
  | StarMessage
  | TagMessage
  | NoteMessage
  | UndoMarkMessage
  | AddToSetMessage
  | ShareMessage
  | ExportMessage
  | StopExportMessage
  | FileNextMessage
  | PlotlyMessage
  | SavedMessage
  | SaveSearchMessage
  | RenameSearchMessage
  | DeleteSearchMessage
  | RunSearchMessage
  | SetAsConceptMessage
  | DeleteSetMessage
  | CompareMessage
  | CompareShowMessage
  | IntakeBeginMessage
  | IntakeChunkMessage
  | IntakeReadMessage
  | IntakeMapMessage
  | IntakeKeepMessage
  | IntakeFetchMessage
  | IntakeAcceptMessage
  | IntakeCancelMessage
  | IntakeCloseMessage
  | IntakeLedgerMessage
  | IntakeSplitMessage
  | IntakeUndoMessage
  | IntakeDecideMessage
  | IntakeFollowMessage
  | IntakeRefitMessage
  | CompleteMessage
  | SuggestMessage
  | BeyondMessage
  | WhyMessage
  | AxisPointMessage
  | LedgerMessage
  | ReportMessage
  | PictureMessage
  | ChartCodeMessage
  | CiteMessage
  | ScreenOpenMessage
  | ScreenCloseMessage
  | ScreenLeaveMessage
  | ScreenBeginMessage
  | ScreenDecideMessage
  | ScreenResolveMessage
  | ScreenUndoMessage
  | ScreenPickMessage
  | ScreenFillMessage
  | ScreenViewMessage
  | ScreenTeamMessage
  | ScreenSettingsMessage
  | ScreenSampleMessage
  | ScreenUpdateMessage
  | ScreenPriorsMessage
  | ScreenSeedsMessage
  | ScreenLabelsMessage
  | ScreenLabelsTakeMessage
  | ScreenFileMessage
  | ScreenFlowMessage
  | DayMessage
  | SubscriptionsMessage
  | SubscribeMessage
  | EndSubscriptionMessage
  | RecommendMessage
  | TopicMessage
  | TopicLogMessage
  | TopicEditMessage
  | TopicUndoMessage
  | TopicCompareMessage;

export type Kind = Message["kind"];

/** What a message of a kind holds beside its kind and number. */
export type Content<K extends Kind> = Omit<Extract<Message, { kind: K }>, "kind" | "seq">;

// Answers of the kernel

/** Ways to go on, best first; `text` replaces the characters from `start` to `end`. */
export interface CompletionsAnswer extends Numbered {
  kind: "completions";
  rows: Completion[];
}

export interface Completion {
  start: number;
  end: number;
  text: string;
  kind: string;
  label: string;
  papers: number | null;
}

/** A note as it stands now, or why it is not saved. */
export interface NotedAnswer extends Numbered {
  kind: "noted";
  row: number;
  text: string;
  problem: string;
}

/** A query that more papers match, or null. */
export interface SuggestionAnswer extends Numbered {
  kind: "suggestion";
  text: string | null;
}

/** Papers that have not every word of the query, the way they were found by, and a sentence that says so. */
export interface BeyondAnswer extends Numbered {
  kind: "beyond";
  /** As of the selection; empty where there is nothing beyond. */
  mode: string;
  rows: BeyondRow[];
  more: number;
  sentence: string;
}

export interface BeyondRow {
  row: number;
  title: Segment[];
  authors: string;
  date: string;
  venue: string;
  score: number;
}

/** What a score is made of: labels with their parts, which add up to it. */
export interface WhyAnswer extends Numbered {
  kind: "why";
  row: number;
  score: number;
  reasons: [label: string, part: number][];
  note: string;
  /** Whether they are counted from the average paper, as the bar of the list is. */
  average: boolean;
  /** What speaks for the paper and what against it. */
  words: string;
}

/** What to say of a paper on the axes. */
export interface AxisPointAnswer extends Numbered {
  kind: "axis_point";
  title: string;
  date: string;
}

/** What is shown as a report: the list, and how it was made. */
export interface ReportAnswer extends Numbered {
  kind: "report";
  title: string;
  sentence: string;
  papers: { title: string; authors: string; facts: string[]; url: string }[];
  /** Papers beyond those listed. */
  more: number;
  made: [what: string, how: string][];
}

/** A chart as a figure. */
export interface PictureAnswer extends Numbered {
  kind: "picture";
  title: string;
  figure: Figure;
}

/** A chart as Python. */
export interface ChartCodeAnswer extends Numbered {
  kind: "chart_code";
  text: string;
}

/** A paper as text to cite it by. */
export interface CiteAnswer extends Numbered {
  kind: "cite";
  form: "bibtex" | "reference" | "key";
  /** Of its BibTeX entry. */
  key: string;
  text: string;
}

/** Two papers that are likely one, and were not merged. */
export interface LikelyPair {
  first: string;
  second: string;
  first_title: string | null;
  second_title: string | null;
  /** 0 to 1 */
  score: number;
  relation: string;
  reason: string;
}

/** What became of the records of the corpus, and the pairs of papers that the reader is to decide: how many, and the surest. */
export interface LedgerAnswer extends Numbered, LedgerExtract {
  kind: "ledger";
  undecided: number;
  pairs: LikelyPair[];
}

/** The papers of a period. */
export interface DayAnswer extends Numbered {
  kind: "day";
  period: string;
  by: string;
  order: string;
  /** Orders and what they are called: upvotes only where a paper has some. */
  orders: [value: string, label: string][];
  /** The nearest periods of that kind that have papers. */
  before: string | null;
  after: string | null;
  /** All of them; the rows are the first. */
  papers: number;
  rows: { row: number; title: string; about: string; reason: string }[];
  /** Of the month. */
  days: { day: string; papers: number }[];
  /** Topics that rise, in words. */
  rising: string[];
  /** How the score is made, in words; empty where papers stand by upvotes. */
  weights: string;
  /** Papers that came to the corpus since the reader's last visit. */
  new: number;
}

/** What the reader is subscribed to, and the next issue of what is shown. */
export interface SubscriptionsAnswer extends Numbered {
  kind: "subscriptions";
  rows: { name: string; sentence: string; cadence: string; cap: number; address: string; bibtex: boolean }[];
  /** What is shown, in words. */
  sentence: string;
  writable: boolean;
  issue: { day: string; papers: { title: string; reason: string }[]; waiting: number } | null;
  problem: string;
}

/** What to read next, or papers to begin with. */
export interface RecommendedAnswer extends Numbered {
  kind: "recommended";
  /** Each with what made it: words, people and places, and their part, 1 for the largest. */
  rows: { row: number; title: string; about: string; reason: string; terms: { text: string; part: number }[] }[];
  /** Papers that it was learnt from. */
  learnt: number;
  /** Papers that were picked. */
  picked: number;
  picks: { row: number; title: string; topic: string }[];
  ticked: number;
  writable: boolean;
  problem: string;
}

/** A topic: its words, its surest papers, and how often it comes back. */
export interface TopicAnswer extends Numbered {
  kind: "topic";
  /** Its id. */
  topic: string;
  label: string;
  words: string[];
  /** How much of its words comes back over samples of the papers, 0 to 1; null where it was not measured. */
  stability: number | null;
  papers: number;
  /** How likely its papers are of it, 0 to 1. */
  sure: number | null;
  pinned: boolean;
  hidden: boolean;
  central: { row: number; title: string }[];
  /** Whether it holds the papers of no topic. */
  none: boolean;
}

/** The log of edits, and why nothing can be changed here. */
export interface TopicLogAnswer extends Numbered {
  kind: "topic_log";
  rows: { edit: string; problem: string }[];
  python: string;
  /** Papers that are ticked. */
  ticked: number;
  problem: string;
}

/** A change of the topics was done, or why it was not. */
export interface TopicEditedAnswer extends Numbered {
  kind: "topic_edited";
  problem: string;
}

/** What is counted on both sides. */
export interface ComparedRow {
  value: string;
  label: string;
  papers: number[];
  shares: number[];
  /** Ratio of the odds, second to first, and its 95 % interval; an end is null where the papers do not bound it. */
  odds: [odds: number, low: number | null, high: number | null];
  /** Where it is commoner by more than chance. */
  sure: "" | "before" | "after";
  /** Addresses of the papers; null where none says them. */
  urls: (string | null)[];
}

/** Two sides beside each other, the largest difference of shares first. */
/** A year, or a month as `YYYY-MM`. */
export type Period = number | string;

export interface TopicCompareAnswer extends Numbered {
  kind: "topic_compare";
  of: string;
  /** First and last year, or month, of the earlier half of the papers, and of the later; none where all are of one. */
  halves: [first: Period, last: Period][];
  names: string[];
  papers: number[];
  rows: ComparedRow[];
  /** Papers of both sides, which are left out. */
  both: number;
  python: string;
  problem: string;
}

/** plotly.js, compressed with gzip, which is the message's one buffer. */
export interface PlotlyAnswer {
  kind: "plotly";
  version: string;
}

/** A file that the server gives out once, below an address that nobody can guess. */
export interface DownloadAnswer {
  kind: "download";
  name: string;
  url: string;
}

/** A part of a file, which is the message's one buffer. */
export interface FileAnswer {
  kind: "file";
  id: string;
  name: string;
  type: string;
  /** From 0, of `parts`. */
  part: number;
  parts: number;
  last: boolean;
}

/** The PRISMA flow: a picture, its numbers, and where these do not reconcile. */
export interface ScreenFlowAnswer extends Numbered {
  kind: "screen_flow";
  svg: string;
  /** Search, phase, box, source or reason, number. */
  rows: string[][];
  notes: string[];
}

export type Answer =
  | CompletionsAnswer
  | NotedAnswer
  | SuggestionAnswer
  | BeyondAnswer
  | WhyAnswer
  | AxisPointAnswer
  | LedgerAnswer
  | ReportAnswer
  | PictureAnswer
  | ChartCodeAnswer
  | CiteAnswer
  | DayAnswer
  | SubscriptionsAnswer
  | RecommendedAnswer
  | TopicAnswer
  | TopicLogAnswer
  | TopicEditedAnswer
  | TopicCompareAnswer
  | PlotlyAnswer
  | FileAnswer
  | DownloadAnswer
  | ScreenFlowAnswer;

// Traits

export interface Traits {
  /** Counts and words for what is shown; its number is that of the last message answered. */
  summary: Summary;
  /** The filter panels. */
  facets: Facet[];
  topics: TopicPanel;
  charts: Chart[];
  /** The page of the list. */
  papers: PapersPage;
  /** The open paper. */
  reader: Paper | null;
  selection: SelectionFields;
  /** What the last message came to. */
  status: Status;
  /** Tables for the help. */
  help: { title: string; rows: { syntax: string; meaning: string; example: string }[] }[];
  /**
   * Where plotly.js is, whether the dashboard is a page of its own, whether its kernel was started before anybody came, and the
   * class of its still picture in a notebook.
   */
  assets: { plotly_url: string | null; plotly_version: string; page: boolean; early: boolean; picture: string | null };
  /** Formats that can be exported. */
  exports: { format: string; label: string; note: string }[];
  /** Papers on their way in. */
  intake: Intake;
  /** Saved searches and sets of papers. */
  saved: Saved;
  /** Whether papers can be marked, who reads, the reader's tags, and what is shared (``kind:name``). */
  marks: { writable: boolean; reader: string; tags: string[]; shared: string[]; problem: string };
  comparison: Comparison | null;
  axes: AxesView;
  preference: Preference;
  /** The expression that ranks, term by term. */
  concepts: { expression: string; terms: ConceptTerm[] } | null;
  /** Orders of the list and what they are called. */
  sorts: [order: string, label: string][];
  /** Ways to read a query and what they are called. */
  modes: [mode: string, label: string][];
  /** How far ranking by meaning is prepared: `part` from 0 to 1. */
  preparation: { stage: string; part: number | null } | null;
  /** The name of the export that is being written, and how far it is: `part` from 0 to 1. */
  exporting: { stage: string; part: number | null } | null;
  /** What a cell gave and is being opened, and how far that is. */
  opening: { title: string; stage: string; part: number | null } | null;
  /** The Screen mode; null while it is off. */
  screening: ScreenMode | null;
}

export interface Summary {
  shown: number;
  total: number;
  name: string;
  sentence: string;
  /** Query of the address that shows the same. */
  url: string;
  /** Code that gives the same table. */
  python: string;
  chips: Chip[];
  /** Where nothing is shown: filters without which something would be. */
  loosen: { label: string; changes: Changes; shown: number }[];
  ledger: { sentence: string; notes: number };
  /** Where the papers found by meaning were cut off, in words; else empty. */
  cutoff: string;
  /** Which topics that are filtered by are none, where nothing is shown. */
  unknown: string[];
  /** What the query in force was typed as, while it is typed; else empty. */
  typed: string;
  seq: number;
  can_undo: boolean;
  can_redo: boolean;
  /** What a search of another database was read as; null for one in the language here. */
  translation: Translation | null;
}

/** A search of another database in the language here. */
export interface Translation {
  dialect: string;
  query: string;
  /** What has no equal here. */
  left_out: string[];
}

/** One thing that is filtered by. */
export interface Chip {
  field: Field;
  value: unknown;
  label: string;
}

export interface Status {
  level: "ready" | "info" | "error";
  text: string;
  /** The character of `of` that an error points at; without `of`, of the query. */
  at: number | null;
  of: string | null;
  seq: number;
}

export type Facet = RangeFacet | ValuesFacet | StepsFacet | ClosedFacet;

/** A step of a range, and how many papers are on it. */
export type Step<T> = [step: T, papers: number];

export interface RangeFacet {
  name: "years";
  kind: "range";
  label: string;
  lo: number;
  hi: number;
  bars: Step<number>[];
  /** First and last of runs of years in which no paper of the corpus is, and which `bars` leave out. */
  gaps: [first: number, last: number][];
  selected: Range<number>;
  undated: number;
  months: { bars: Step<string>[]; selected: Range<string> } | null;
}

export interface ValuesFacet {
  name: "topics" | "venues" | "authors" | "keywords" | "tags" | "marks" | "has_code" | `columns.${string}`;
  kind: "values";
  label: string;
  /** How many there are. */
  values: number;
  /** How often more values were asked for. */
  page: number;
  /** How many are left. */
  more: number;
  text: string;
  rows: FacetRow[];
  /** The largest count. */
  max: number;
}

/** Numbers or dates of a column of the reader's own. */
export interface StepsFacet {
  name: `columns.${string}`;
  kind: "steps";
  label: string;
  of: "number" | "date";
  bars: Step<number | string>[];
  selected: Range<number | string>;
  /** How far a step of numbers goes beyond its label. */
  reach: number;
  /** Ends of a range of numbers that lie within a step; null for those that are the end of one, or open. */
  written: Range<number>;
  missing: number;
}

/** A column of the reader's own that is not counted before it is opened. */
export interface ClosedFacet {
  name: `columns.${string}`;
  kind: "closed";
  label: string;
  /** Whether it parts the papers: neither constant nor another value for each. */
  telling: boolean;
}

export interface FacetRow {
  value: string | boolean;
  label: string;
  count: number;
  on: boolean;
  /** Whether it is excluded. */
  out: boolean;
}

/** The topics with their counts, their shares and their course. */
export interface TopicPanel {
  /** Papers under all filters but that of topics. */
  shown: number;
  /** Papers of the corpus. */
  total: number;
  periods: TopicPeriod[];
  /** What is drawn in full colour: a share, or a number of papers. */
  top: number;
  /** Largest first. */
  rows: TopicRow[];
  share: boolean;
  /** Whether counts are those up to each period. */
  cumulative: boolean;
  by: string;
  /** Periods and facets, and what they are called. */
  choices: [by: string, label: string][];
  notes: string[];
  /** Whether so many papers came since that the topics should be found anew. */
  stale: boolean;
  wants_lines: boolean;
  lines: Chart | null;
  /** Place of each topic by its value (see `TopicRow.place`), of those too that have no row. */
  places: Record<string, number>;
  /** How many changes of the topics are in force. */
  edits: number;
  /** The topic whose parts the rows are; null where they are the topics. */
  within: { id: string; label: string; value: string } | null;
  /** "rows", or the tree that is drawn in their place. */
  shape: string;
  tree: Chart | null;
}

export interface TopicPeriod {
  label: string;
  papers: number;
  state: "" | "unfinished" | "partial" | "coarse" | "few";
  /** First and last month; empty of a value. */
  span: [from: string, to: string];
  /** The value of a facet that stands in place of a period. */
  value?: string;
}

export interface TopicRow {
  value: string;
  id: string;
  /** Whether it keeps its papers. */
  pinned: boolean;
  /** Whether it can be divided into parts. */
  divided: boolean;
  label: string;
  /** Among all topics of the corpus by size: its colour and shape. */
  place: number;
  papers: number;
  all: number;
  on: boolean;
  /** Papers of each period. */
  counts: number[];
  /** 95 % interval of the share of each period, in ten-thousandths. */
  low: number[];
  high: number[];
  /** By how much its share grew from the earlier half of the papers to the later, -1 to 1. */
  rise: { by: number; low: number; high: number } | null;
}

export type Cell = string | number | null;

export interface Chart {
  name: string;
  title: string;
  description: string;
  figure: Figure;
  /** The same in numbers. */
  table: { columns: string[]; rows: Cell[][] };
  note: string;
  options: ChartOption[];
  /** What a cell of the table selects. */
  pick: CellPicks | null;
  /** Of axes: whether there is nothing to draw. */
  bare?: boolean;
  /** Of axes: whether a range is drawn over bars or as a box. */
  select?: "bins" | "box";
  /** Of axes: what the ends of a range are rounded to. */
  step?: number;
}

export interface CellPicks {
  field: "topics" | "keywords";
  values: string[];
}

export interface ChartOption {
  name: string;
  label: string;
  value: string;
  choices: string[];
  labels: string[];
}

/** A figure as plotly takes it. */
export interface Figure {
  data: Trace[];
  layout: Layout;
}

/** What the page reads of a trace; plotly takes much more. */
export interface Trace {
  type: string;
  name?: string;
  orientation?: string;
  x?: unknown;
  customdata?: unknown;
  line?: { color?: string; [property: string]: unknown };
  marker?: { color?: unknown; colorbar?: object; [property: string]: unknown };
  /** How the page dresses it in its own colours. */
  meta?: {
    accent?: boolean;
    density?: boolean;
    scaled?: boolean;
    heat?: boolean;
    /** Place of the topic that it draws among all; see `explorer.dashboard.views.topics.places`. */
    place?: number;
    /** The same for each bar. */
    places?: number[];
    /** The same for each area of a tree, -1 for the root; and whether it is drawn faintly. */
    areas?: number[];
    faded?: boolean[];
    /** Whether it belongs to another trace, and is not in the legend. */
    band?: boolean;
  };
  [property: string]: unknown;
}

export interface Layout {
  margin?: object;
  font?: object;
  hoverlabel?: object;
  selectdirection?: string;
  xaxis?: { domain?: [number, number]; [property: string]: unknown };
  annotations?: object[];
  shapes?: { line?: object; [property: string]: unknown }[];
  [property: string]: unknown;
}

export interface PapersPage {
  /** How many papers the list has. */
  listed: number;
  page: number;
  pages: number;
  per_page: number;
  rows: PaperRow[];
  ticked: number;
  /** Whether the ticked papers only are listed. */
  only_ticked: boolean;
  /** Ids of the ticked papers, where they are few enough to be remembered. */
  ticks: string[];
  parts: ScoreParts | null;
  /** Whether the papers have scores to be explained. */
  scored: boolean;
}

export interface PaperRow {
  row: number;
  title: Segment[];
  snippet: Segment[];
  authors: string;
  date: string;
  venue: string;
  topic: string;
  upvotes: number | null;
  comments: number | null;
  code: boolean;
  ticked: boolean;
  open: boolean;
  read: boolean;
  /** Whether no other paper beats it in all that is preferred. */
  best: boolean;
  /** What the reader put on it, and what others show, in words. */
  marks: { starred: boolean; noted: boolean; new: boolean; tags: string[]; others: string[] };
}

/** What each concept adds to the scores, against the average paper. */
export interface ScoreParts {
  names: string[];
  added: boolean[];
  /** Which colour each has. */
  places: number[];
  low: number;
  high: number;
  rows: Record<number, number[]>;
}

export interface Paper {
  row: number;
  title: Segment[];
  abstract: Segment[];
  authors: string[];
  date: string;
  venue: string;
  topic: string;
  keywords: string[];
  links: { label: string; url: string }[];
  versions: { label: string; url: string }[];
  merged: MergedRecords | null;
  upvotes: number | null;
  comments: number | null;
  source: string;
  extra: [field: string, value: string][];
  similar: { row: number; title: string; date: string; why: string }[];
  place: string;
  read: boolean;
  marks: { starred: boolean; new: boolean; tags: string[]; note: string; others: { reader: string; text: string }[] };
}

/** The records that a paper was merged from. */
export interface MergedRecords {
  paper: string;
  records: string[];
  relation: string;
  reason: string;
  gave: { record: string; fields: string }[];
}

export type Phase = "idle" | "receiving" | "reading" | "fetching" | "review" | "building" | "done" | "failed";

export interface Intake {
  /** Whether anything may come in. */
  allowed: boolean;
  phase: Phase;
  stage: string;
  /** From 0 to 1; null where nobody knows. */
  part: number | null;
  message: string;
  /** Of files: the part that came last. */
  got: [id: string, part: number] | null;
  /** Bytes of a part. */
  chunk: number;
  /** Bytes of all files at most. */
  largest: number;
  services: Service[];
  review: Review | null;
  /** What the corpus was last changed by; empty where there is nothing to take back. */
  undo: string;
  /** That the corpus was changed elsewhere; empty where it was not. */
  newer: string;
}

export interface Service {
  name: string;
  label: string;
  hint: string;
  /** Whether it can be asked for all it has. */
  whole: boolean;
  /** Whether it has lists of days and of what trends. */
  lists: boolean;
}

/** What came in, before it is taken over. */
export interface Review extends LedgerExtract {
  name: string;
  sentence: string;
  /** Papers that the corpus has not. */
  additions: number;
  papers: number;
  /** Papers that the corpus has already, and those among them with a better value here. */
  there: number;
  bettered: number;
  /** Whether the corpus would change. */
  changes: boolean;
  /** Merges that the reader does not want. */
  apart: number;
  files: ReviewedFile[];
  fields: string[];
  delimiters: string[];
  encodings: string[];
}

export interface ReviewedFile {
  name: string;
  format: string;
  encoding: string;
  /** Encodings that it may be in where that is not sure: how likely each is, 0 to 1, and a line as it then reads. */
  readings: [encoding: string, sureness: number, preview: string][];
  delimiter: string;
  columns: [column: string, field: string][];
}

export interface Saved {
  rows: SavedSearch[];
  sets: { name: string; papers: number; date: string; own: boolean }[];
  /** Why they cannot be read. */
  problem: string;
  writable: boolean;
}

export interface SavedSearch {
  name: string;
  sentence: string;
  date: string;
  /** Whether the corpus has changed since. */
  changed: boolean;
  /** Papers that it finds now and did not give then; null where that was not counted. */
  new: number | null;
}

export type ComparisonPart = "all" | "new" | "gone";

export interface Comparison {
  label: string;
  new: number;
  gone: number;
  shared: number;
  /** Of those gone, how many the corpus has no longer. */
  missing: number;
  part: ComparisonPart;
}

export interface AxesView {
  axes: Axis[];
  colours: [name: string, label: string][];
  colour: string;
  chart: Chart | null;
  /** The reader's own columns that can be an axis. */
  columns: [field: string, label: string][];
  /** Poles of an axis to try. */
  suggested: [low: string, high: string] | null;
}

export interface Axis {
  /** Field of the column that it is; empty where it is between two poles. */
  column: string;
  /** The poles, or the name of the column and nothing. */
  low: string;
  high: string;
  low_terms: string[];
  high_terms: string[];
  /** AUC, 0.5 to 1; null where too few papers stand for a pole. */
  separation: number | null;
  weak: boolean;
  caveat: string;
  within: Range<number>;
  span: [low: number, high: number];
}

export interface Preference {
  /** Whether the list is ordered by it. */
  on: boolean;
  objectives: Objective[];
  front: { papers: number; among: number } | null;
  /** Papers read. */
  read: number;
}

export interface Objective {
  name: string;
  label: string;
  weight: number;
  /** Why it says nothing here, or empty. */
  lacking: string;
}

export interface ConceptTerm {
  /** As the grammar writes it. */
  text: string;
  kind: string;
  label: string;
  /** Which colour it has. */
  place: number;
  weight: number;
  added: boolean;
  /** Words that are in no paper. */
  unknown: string[];
}

export interface ScreenMode {
  writable: boolean;
  /** Name of the reader, or empty. */
  reader: string;
  review: ScreenReview | null;
  /** Names of the reviews there are, where none is open. */
  reviews: string[];
  /** Why they cannot be read. */
  problem: string;
  /** Papers ticked. */
  ticked: number;
}

export type ScreenLabel = "include" | "exclude" | "maybe";

export interface ScreenDecided {
  words: string;
  label: string;
  /** Decisions with these words and this label; of them some are there. */
  count: number;
  rows: { id: string; title: string; label: ScreenLabel; reason: string; how: string }[];
}

export interface ScreenReview {
  name: string;
  reviewer: string;
  view: string;
  stage: number;
  criteria: string[];
  description: string;
  reasons: string[];
  record: ScreenRecord | null;
  /** Whether the queue is learning. */
  learning: boolean;
  /** Part of the records whose words were read, 0 to 1, while they are read for the first time. */
  reading: number | null;
  /** Papers of the corpus that the review has not. */
  newer: number;
  progress: { records: number; screened: number; included: number; excluded: number; maybe: number; left: number };
  /** Records whose full texts are open. */
  second: number;
  /** Whether further ones open once all reviewers are done with titles and abstracts. */
  waits: boolean;
  can_undo: boolean;
  maybes: { id: string; title: string }[];
  /** All that are at maybe, of which some are there. */
  maybe: number;
  /** What this reviewer decided, or a file before, the last first; null in other views. */
  decided: ScreenDecided | null;
  stop: ScreenStop | null;
  /** Why nothing is known yet of when to stop. */
  unknown: string;
  team: ScreenTeam | null;
  votes: number;
  /** What became of the papers known to be relevant that were named last. */
  seeds: ScreenSeeds | null;
  /** Files whose decisions were taken, the last one last. */
  told: { number: number; how: string; papers: number }[];
  /** A file of decisions made elsewhere, on its way or read; null where there is none. */
  labels: ScreenLabels | null;
}

/** A file of decisions made elsewhere: how much of it came, or what it says before it is taken. */
export type ScreenLabels =
  | { phase: "receiving" | "reading"; name: string; part: number | null }
  | {
      phase: "read";
      name: string;
      part: null;
      /** Records of the review that it tells of. */
      records: number;
      /** How many of each label at titles and abstracts, and at full texts. */
      stages: Record<ScreenLabel | "conflict", number>[];
      /** Those whose votes it tells of, by name. */
      reviewers: string[];
      /** Votes that await a further one. */
      single: number;
      /** Records that this reviewer decided, whose decision stays. */
      mine: number;
      missing: number;
      lost: string[];
      /** Records of it that may be one or another of the review, and the first of them. */
      ambiguous: number;
      doubtful: string[];
      /** What stands in its column of decisions and says none, and in how many rows. */
      unread: [value: string, rows: number][];
    };

/** Papers known to be relevant that a file or a list named: how many there are of each outcome, and those that the review has not. */
export interface ScreenSeeds {
  name: string;
  named: number;
  added: number;
  decided: number;
  repeated: number;
  excluded: number;
  missing: number;
  lost: string[];
}

/** A piece of text, and the criterion it shows (from 1), -1 where it speaks for the record, -2 against, or 0. */
export type ScreenSegment = [text: string, mark: number];

export interface ScreenRecord {
  id: string;
  row: number;
  /** Which record of a random sample it is, and how many were drawn; null where the queue chose it. */
  sample: [place: number, drawn: number] | null;
  title: ScreenSegment[];
  abstract: ScreenSegment[];
  /** Whether the abstract was filled in by hand. */
  filled: boolean;
  authors: string[];
  date: string;
  venue: string;
  url: string;
  /** What this reviewer decided about it. */
  mine: [label: ScreenLabel, reason: string, how: string] | null;
  /** Records that say nearly the same. */
  alike: number;
  /** Whether it was asked for, and not the one that comes next. */
  picked: boolean;
  /** What the records note, decisions left out. */
  notes: string[];
  /** What the reader noted of it; empty where they did not. */
  own_note: string;
  why: { word: string; weight: number }[];
}

export interface ScreenEstimate {
  value: number | null;
  low: number | null;
  high: number | null;
  confidence: number;
}

export interface ScreenStop {
  records: number;
  screened: number;
  found: number;
  /** Irrelevant ones in a row. */
  run: number;
  target: number;
  recall: ScreenEstimate;
  relevant: ScreenEstimate;
  to_go: ScreenEstimate;
  /** That the target is reached, by the curve. */
  chance: number | null;
  p: number | null;
  /** Relevant records by the scores of the queue. */
  modelled: ScreenEstimate | null;
  reached: boolean;
  sentence: string;
  curve: [screened: number, found: number][];
  sampled: number;
}

export interface ScreenConflict {
  id: string;
  title: string;
  votes: [reviewer: string, decision: string][];
}

export interface ScreenTeam {
  blind: boolean;
  said: string;
  reviewers: { name: string; state: "active" | "left" | "elsewhere"; done: boolean; decided: number }[];
  awaiting: number;
  awaiting_me: number;
  /** Of those that await a vote, those that nobody who takes part can settle. */
  stranded: number;
  /** Reviewers who have not left. */
  active: number;
  conflicts: ScreenConflict[];
  /** All conflicts, of which some are there. */
  disputed: number;
  /** Conflicts that were resolved, the last first; the last of their votes is what was made of them. */
  resolved: ScreenConflict[];
  agreement: {
    measure: string;
    value: number | null;
    low: number | null;
    high: number | null;
    papers: number;
    reviewers: string;
  }[];
}
