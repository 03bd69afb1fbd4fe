import { h, icon, iconButton, submitOnEnter, swap } from "./dom.js";
import { count, dotted, plainText, plural, webAddress } from "./text.js";
import { band, chanceOf, curvePath, mostMissed, percent, sampleFor } from "./recall.js";
import { partsOf } from "./upload.js";

/** @import { ScreenConflict, ScreenDecided, ScreenFlowAnswer, ScreenLabel, ScreenLabels, ScreenMode, ScreenRecord, ScreenReview, ScreenSeeds, ScreenSegment, ScreenStop, ScreenTeam } from "./messages.d.ts" */
/** @import { App, Children, ScreeningPanel } from "./page.d.ts" */
/** @import { FilePart } from "./upload.js" */

const SVG = "http://www.w3.org/2000/svg";
/** @type {[view: string, label: string][]} */
const VIEWS = [
  ["read", "Read"],
  ["decided", "Decisions"],
  ["team", "Reviewers"],
  ["stop", "When to stop"],
  ["flow", "PRISMA flow"],
];
/** @type {[file: string, label: string][]} */
const FILES = [
  ["csv", "CSV"],
  ["ris", "RIS"],
  ["excel", "Excel"],
  ["asreview", "ASReview"],
  ["log", "Log"],
];
// As many as there are colours; further criteria share them.
const CRITERIA = ["lx-criterion-1", "lx-criterion-2", "lx-criterion-3", "lx-criterion-4", "lx-criterion-5", "lx-criterion-6"];
/** @type {Record<ScreenLabel, string>} */
const CHOICES = { include: "lx-button lx-screen-include", exclude: "lx-button lx-screen-exclude", maybe: "lx-button" };
/** @type {Record<ScreenLabel, string>} */
const SAID = { include: "Included", exclude: "Excluded", maybe: "Maybe" };
/** How a decision came about, where nobody read the record for it; else the file that it is from. @type {Record<string, string>} */
const HOW = { seed: "a seed", alike: "says nearly the same as another", given: "known before" };
/** What reviewers do who do not take part. @type {Record<"left" | "elsewhere", string>} */
const STATES = { left: "left", elsewhere: "decided elsewhere" };
/** @param {string} how */
const howDecided = (how) => how && (HOW[how] ?? `from ${how}`);
/** @param {string} how */
const whoDecided = (how) => (how ? `Decided before (${howDecided(how)})` : "You decided");
/** A file that a review takes: papers known to be relevant, or decisions made elsewhere. @typedef {"known" | "labels"} Given */
/** @type {Record<Given, { label: string; hint: string; later: string }>} */
const GIVEN = {
  known: {
    label: "A file of papers known to be relevant",
    hint: "or drop it here: RIS, BibTeX, CSV, or a DOI, PMID or title a line",
    later: "Its papers are included once the review begins.",
  },
  labels: {
    label: "A file of decisions made elsewhere",
    hint: "or drop it here: Rayyan, Covidence, ASReview, Zotero, or a table with a column of decisions",
    later: "What it says is shown once the review begins.",
  },
};
const NOT_RETRIEVED = "full text not retrieved"; // which PRISMA counts apart
const BOXES = "textarea, select, input:not([type=checkbox])";
const MOST_KNOWN = 4 << 20; // bytes of a file of known papers
const WRITING = 1000; // ms; keys that follow each other sooner are of one text

/**
 * The Screen mode: a review of the corpus, one record at a time.
 *
 * @param {App} app
 * @returns {ScreeningPanel}
 */
export function screeningPanel(app) {
  const { model, link } = app;
  const node = h("section", { class: "lx-screen", label: "Screening", hidden: true });
  const said = h("p", { class: "lx-hide", role: "status" });
  const body = h("div", { class: "lx-screen-body" });
  node.append(said, body);
  const button = h(
    "button",
    {
      class: "lx-button lx-screen-button",
      title: "Screen papers for a review",
      "aria-pressed": "false",
      click() {
        // The reader would lie over the record that is screened.
        if (!mode()) app.reader.close();
        return mode() ? link.send("screen_close") : link.send("screen_open");
      },
    },
    icon("check"),
    h("span", {}, "Screen"),
  );
  /** Number of the decision that is not answered yet. */
  let sent = 0;
  let picking = false;
  /** @type {ScreenFlowAnswer | null} */
  let flow = null;
  let flowOf = "";
  /** The file of decisions that is shown, to be taken or left. */
  let toldOf = "";
  /** Pixels from left to right that it was drawn for. */
  let flowWidth = 0;
  let drawn = "";
  /** Whether some of the record is in sight. */
  let inSight = true;
  const sight = new IntersectionObserver((entries) => {
    inSight = entries[entries.length - 1].isIntersecting;
  });
  /** Files, until the review is there that takes them. @type {Record<Given, File | null>} */
  const chosen = { known: null, labels: null };
  /** What went wrong with a file, in place of what became of it. @type {Record<Given, string>} */
  const complaints = { known: "", labels: "" };
  /** A file of decisions on its way, and the message that its last part went with; null until that is sent.
   * @type {{ file: File; parts: Iterator<FilePart, void>; seq: number | null } | null} */
  let sending = null;
  /** @param {Given} given */
  const pickerOf = (given) => {
    const picker = h("input", {
      type: "file",
      hidden: true,
      label: GIVEN[given].label,
      change() {
        take(given, picker.files);
        picker.value = "";
      },
    });
    node.append(picker);
    return picker;
  };
  const pickers = { known: pickerOf("known"), labels: pickerOf("labels") };
  /** When a key was last pressed for a box that went while it was written into; ms. */
  let wrote = -WRITING;

  /** @returns {ScreenMode | null} */
  const mode = () => model.get("screening") ?? null;
  const review = () => mode()?.review ?? null;
  /** @param {string} name */
  const id = (name) => app.id(`screen-${name}`);

  // What the reviewer does

  /**
   * @param {ScreenLabel} label
   * @param {string} reason
   */
  function decide(label, reason = "") {
    const record = review()?.record;
    if (!record || !mode()?.writable || !link.answered(sent)) return;
    picking = false;
    said.textContent = `${SAID[label]}: ${plainText(/** @type {any} */ (record.title))}.`;
    sent = link.send("screen_decide", { id: record.id, label, reason });
  }

  function exclude() {
    // PRISMA counts the reasons of the second stage.
    if (review()?.stage === 2) pickReason();
    else decide("exclude");
  }

  function pickReason() {
    if (!review()?.record) return;
    picking = true;
    draw();
    /** @type {HTMLElement | null} */ (body.querySelector(".lx-screen-reasons button"))?.focus();
  }

  function closeReasons() {
    if (!picking) return false;
    picking = false;
    draw();
    // Not the button that excludes: who goes on reading with Space would press it.
    /** @type {HTMLElement | null} */ (body.querySelector("[data-key='reason']"))?.focus();
    return true;
  }

  function toTitle() {
    /** @type {HTMLElement | null} */ (body.querySelector(".lx-screen-title"))?.focus({ preventScroll: true });
  }

  function undo() {
    if (review()?.can_undo && link.answered(sent)) sent = link.send("screen_undo");
  }

  /** @param {KeyboardEvent} event */
  function pressed(event) {
    const now = review();
    if (!now || now.view !== "read" || !now.record || event.repeat) return false;
    // In the drawer of another paper keys are the drawer's own.
    if (app.reader.node.contains(document.activeElement)) return false;
    const numbered = picking && /^[0-9]$/.test(event.key);
    if (!numbered && !["v", "x", "X", "m", "z"].includes(event.key)) return false;
    // Who was writing into a box that went has not seen it go yet.
    if (performance.now() - wrote < WRITING) {
      wrote = performance.now();
      return true;
    }
    // Who has gone down to the list does not see about what a key would decide: it shows the record, and the next press decides.
    if (!inSight) {
      toTitle();
      body.querySelector(".lx-screen-record-title")?.scrollIntoView({ block: "nearest" });
      return true;
    }
    if (numbered) {
      const reason = event.key !== "0" ? now.reasons[Number(event.key) - 1] : now.stage === 2 ? NOT_RETRIEVED : "";
      if (reason) decide("exclude", reason);
      return true;
    }
    switch (event.key) {
      case "v":
        decide("include");
        return true;
      case "x":
        exclude();
        return true;
      case "X":
        pickReason();
        return true;
      case "m":
        decide("maybe");
        return true;
      case "z":
        undo();
        return true;
      default:
        return false;
    }
  }

  // Files: papers known to be relevant, and decisions made elsewhere

  /**
   * @param {Given} given
   * @param {FileList | null} list
   */
  function take(given, list) {
    if (!list?.length) return;
    const file = list[0];
    chosen[given] = file;
    complaints[given] =
      list.length > 1 ? `Of ${plural(list.length, "file")} only ${file.name} was taken. Give one after the other.` : "";
    if (review()) give();
    else draw();
  }

  /** Send the files that were chosen to the review that is open. */
  async function give() {
    const { known, labels } = chosen;
    chosen.known = chosen.labels = null;
    if (labels) {
      sending = { file: labels, parts: partsOf([{ id: "labels", file: labels }], model.get("intake").chunk), seq: null };
      if (!labels.size) complaints.labels = `${labels.name} is empty. Choose another.`;
      else await sendPart(sending);
    }
    if (known && known.size > MOST_KNOWN)
      complaints.known = `${known.name} has ${count(known.size >> 20)} MB; a list of known papers may have 4. Give the known ones only.`;
    else if (known) {
      try {
        link.send("screen_seeds", { name: known.name }, [await known.arrayBuffer()]);
      } catch (error) {
        complaints.known = unread(known, error);
      }
    }
    draw();
  }

  /** @param {NonNullable<typeof sending>} mine */
  async function sendPart(mine) {
    const { value } = mine.parts.next();
    if (!value) {
      sending = null;
      return;
    }
    mine.seq = null;
    const { name, size } = mine.file;
    try {
      const data = await value.blob.arrayBuffer();
      if (sending === mine) mine.seq = link.send("screen_labels", { name, size, part: value.part }, [data]);
    } catch (error) {
      if (sending === mine) sending = null;
      complaints.labels = unread(mine.file, error);
      draw();
    }
  }

  /**
   * @param {File} file
   * @param {unknown} error
   */
  function unread(file, error) {
    return `${file.name} could not be read (${error instanceof Error ? error.message : error}). Choose it again.`;
  }

  // The next part goes when the one before has arrived, as files of papers do.
  app.watch(["status", "screening"], () => {
    if (!sending || sending.seq === null || !link.answered(sending.seq)) return;
    if (review()?.labels?.phase === "receiving") sendPart(sending);
    else sending = null;
  });

  /** @param {(carried: DataTransfer) => void} act */
  const onFiles = (act) => (/** @type {DragEvent} */ event) => {
    const carried = event.dataTransfer;
    if (!carried?.types.includes("Files")) return;
    // Elsewhere on the page a file brings papers into the corpus.
    event.preventDefault();
    event.stopPropagation();
    act(carried);
  };

  /**
   * Where a file is chosen, or dropped.
   *
   * @param {Given} given
   */
  function fileBox(given) {
    const file = chosen[given];
    const choose = h(
      "button",
      {
        class: "lx-button",
        type: "button",
        key: `${given}-file`,
        disabled: !mode()?.writable,
        label: file ? null : `Choose a file: ${GIVEN[given].label}`,
        click: () => pickers[given].click(),
      },
      file ? file.name : "Choose a file",
    );
    const zone = h(
      "div",
      { class: "lx-screen-known" },
      choose,
      h("span", { class: "lx-quiet" }, file ? GIVEN[given].later : GIVEN[given].hint),
    );
    const over = onFiles((carried) => {
      carried.dropEffect = "copy";
      zone.classList.add("lx-over");
    });
    zone.addEventListener("dragover", over);
    zone.addEventListener("dragleave", () => zone.classList.remove("lx-over"));
    const dropped = onFiles((carried) => {
      zone.classList.remove("lx-over");
      take(given, carried.files);
    });
    zone.addEventListener("drop", dropped);
    return zone;
  }

  /** What went wrong with a file. @param {Given} given */
  const complaint = (given) =>
    complaints[given] ? h("p", { class: "lx-saved-problem", role: "alert" }, complaints[given]) : null;

  /** @param {ScreenReview} now */
  function elsewhere({ told }) {
    return h(
      "details",
      { class: "lx-screen-elsewhere" },
      h("summary", {}, "Decisions made elsewhere"),
      h("p", { class: "lx-quiet" }, "Yours stay, and the queue learns from them. Nothing is added to the corpus."),
      fileBox("labels"),
      complaint("labels"),
      h(
        "button",
        {
          class: "lx-textbutton",
          key: "priors",
          title: "Columns, notes and tags of Rayyan, Covidence, ASReview and Zotero",
          click: () => link.send("screen_priors"),
        },
        "Take over decisions that the records tell of",
      ),
      h(
        "ul",
        { class: "lx-quiet" },
        told.map(({ number, how, papers }) => {
          const source = HOW[how] ?? how;
          return h(
            "li",
            {},
            `${source}: ${plural(papers, "record")} `,
            h(
              "button",
              {
                class: "lx-textbutton",
                key: `back:${number}`,
                label: `Take back what ${source} told`,
                click: () => link.send("screen_undo", { number }),
              },
              "Take back",
            ),
          );
        }),
      ),
    );
  }

  /**
   * Some of the records of a file, folded.
   *
   * @param {string} title
   * @param {number} all
   * @param {string[]} given
   */
  function listed(title, all, given) {
    if (!all) return null;
    return h(
      "details",
      {},
      h("summary", {}, title),
      h(
        "ul",
        { class: "lx-quiet" },
        given.map((name) => h("li", {}, name)),
        all > given.length ? h("li", {}, `and ${count(all - given.length)} more`) : null,
      ),
    );
  }

  /** A file of decisions on its way, or what it says before it is taken. @param {ScreenLabels} labels */
  function labelsRead(labels) {
    if (labels.phase !== "read")
      return h(
        "div",
        { class: "lx-screen-labels", role: "status" },
        h("p", {}, `${labels.phase === "reading" ? "Reading" : "Receiving"} ${labels.name}…`),
      );
    const { name, records, stages, reviewers, single, mine, missing, lost, ambiguous, doubtful, unread: others } = labels;
    const [first, second] = stages.map((counts) =>
      /** @type {[number, string][]} */ ([
        [counts.include, "included"],
        [counts.exclude, "excluded"],
        [counts.maybe, "maybe"],
        [counts.conflict, "in conflict"],
      ])
        .filter(([number]) => number)
        .map(([number, text]) => `${count(number)} ${text}`)
        .join(", "),
    );
    const parts = [
      first && `Titles and abstracts: ${first}.`,
      second && `Full texts: ${second}.`,
      reviewers.length && `They come as votes of ${reviewers.join(", ")}.`,
      single && `${plural(single, "vote")} ${single === 1 ? "awaits" : "await"} a further one.`,
      mine && `Of ${plural(mine, "record")} you decided yourself; that stays.`,
      missing &&
        `${plural(missing, "record")} of it ${missing === 1 ? "was" : "were"} not found in this review, or not for sure.`,
      ambiguous &&
        `${plural(ambiguous, "record")} of it ${ambiguous === 1 ? "stands" : "stand"} for several of this review, and ${ambiguous === 1 ? "is" : "are"} left out: give years, authors or DOIs beside the titles.`,
      ...others.map(([value, rows]) => `Left out: ${plural(rows, "row")} with “${value}”, which is no decision.`),
    ];
    return h(
      "div",
      { class: "lx-screen-labels", role: "group", label: `Decisions of ${name}` },
      h(
        "p",
        {},
        h("strong", {}, `${name} tells of ${plural(records, "record")} of this review. `),
        parts.filter(Boolean).join(" "),
      ),
      listed("Not found", missing, lost),
      listed("Several of this review", ambiguous, doubtful),
      h(
        "div",
        { class: "lx-saved-line" },
        records
          ? h(
              "button",
              { class: "lx-button", key: "labels-take", click: () => link.send("screen_labels_take", { yes: true }) },
              "Take them over",
            )
          : null,
        h(
          "button",
          { class: "lx-button", key: "labels-leave", click: () => link.send("screen_labels_take", { yes: false }) },
          records ? "Leave them" : "Close",
        ),
      ),
    );
  }

  /** @param {ScreenReview} now */
  function knownPapers(now) {
    const lines = h("textarea", {
      class: "lx-box lx-screen-text",
      label: "Known papers, a DOI, PMID or title a line",
      key: "known-lines",
    });
    return h(
      "details",
      { class: "lx-screen-seeds" },
      h("summary", {}, "Papers known to be relevant"),
      h("p", { class: "lx-quiet" }, "They are included, and the queue learns from them. Nothing is added to the corpus."),
      fileBox("known"),
      h("p", { class: "lx-quiet" }, "Or a DOI, PMID or title a line:"),
      lines,
      h(
        "button",
        {
          class: "lx-button",
          key: "known-send",
          disabled: !mode()?.writable,
          click() {
            if (!lines.value.trim()) return lines.focus();
            complaints.known = "";
            return link.send("screen_seeds", { name: "", lines: lines.value });
          },
        },
        "Include them",
      ),
      complaint("known"),
      now.seeds ? outcome(now.seeds) : null,
    );
  }

  /** @param {ScreenSeeds} seeds */
  function outcome(seeds) {
    const { name, named, added, decided, repeated, excluded, missing, lost } = seeds;
    /** @type {[number: number, text: string][]} */
    const parts = [
      [added, "included now"],
      [decided, "decided before, which stays"],
      [repeated, "named twice"],
      [excluded, "left out, for the file says excluded"],
      [missing, "not in this review"],
    ];
    const sums = parts.filter(([number]) => number).map(([number, text]) => `${count(number)} ${text}`);
    return h(
      "div",
      { role: "status" },
      h("p", {}, `${plural(named, "paper")} of ${name}: ${sums.join(", ")}.`),
      missing
        ? h(
            "ul",
            { class: "lx-quiet" },
            lost.map((given) => h("li", {}, given)),
            missing > lost.length ? h("li", {}, `and ${count(missing - lost.length)} more`) : null,
          )
        : null,
    );
  }

  // Beginning

  /** @param {ScreenMode} now */
  function start(now) {
    const name = h("input", { id: id("name"), class: "lx-box", type: "text", maxlength: "120", value: "Review", key: "name" });
    const reviewer = h("input", {
      id: id("reviewer"),
      class: "lx-box",
      type: "text",
      maxlength: "80",
      value: now.reader,
      placeholder: "your name",
      key: "reviewer",
      autocomplete: "off",
    });
    const about = h("textarea", { id: id("about"), class: "lx-box lx-screen-text", key: "about" });
    const criteria = h("textarea", { id: id("criteria"), class: "lx-box lx-screen-text", key: "criteria" });
    const votes = h(
      "select",
      { id: id("votes"), class: "lx-select", key: "votes" },
      h("option", { value: "1" }, "one reviewer"),
      h("option", { value: "2" }, "two reviewers, blind to each other"),
    );
    const seeds = h("input", { type: "checkbox", checked: now.ticked > 0, disabled: !now.ticked });
    /**
     * @param {string} label
     * @param {HTMLElement} field
     * @param {string} hint
     */
    const row = (label, field, hint = "") =>
      h(
        "div",
        { class: "lx-screen-field" },
        h("label", { for: field.id }, label),
        field,
        hint ? h("p", { class: "lx-quiet" }, hint) : null,
      );
    return [
      h("h2", { class: "lx-screen-title", tabIndex: -1 }, "Screen papers for a review"),
      now.problem ? h("p", { class: "lx-saved-problem" }, now.problem) : null,
      now.writable
        ? null
        : h("p", { class: "lx-saved-problem" }, "The server was started read-only: decisions cannot be kept."),
      now.reviews.length
        ? h(
            "div",
            { class: "lx-screen-going" },
            h("h3", {}, "Go on with"),
            now.reviews.map((known) =>
              h(
                "button",
                {
                  class: "lx-button",
                  key: `go:${known}`,
                  disabled: !now.writable,
                  click: () => link.send("screen_begin", { name: known, reviewer: reviewer.value }),
                },
                known,
              ),
            ),
          )
        : null,
      h(
        "form",
        {
          class: "lx-screen-start",
          submit: (event) => {
            event.preventDefault();
            link.send("screen_begin", {
              name: name.value,
              reviewer: reviewer.value,
              description: about.value,
              criteria: criteria.value,
              votes: Number(votes.value),
              seeds: seeds.checked,
            });
          },
        },
        h(
          "p",
          { class: "lx-quiet" },
          `The whole corpus is screened (${plural(model.get("summary").total, "paper")}), whatever is searched or filtered.`,
        ),
        row("You are", reviewer),
        row("Name of the review", name),
        row("What it is about", about, "The queue starts from these words."),
        row("Criteria, one a line", criteria, "They stand beside each record, and their words are marked in it."),
        row("Each record is decided by", votes),
        h(
          "label",
          { class: "lx-check" },
          seeds,
          now.ticked
            ? ` The ${plural(now.ticked, "ticked paper")} ${now.ticked === 1 ? "is" : "are"} relevant: start from there`
            : " Tick papers in the list to start from them",
        ),
        h(
          "div",
          { class: "lx-screen-field" },
          h("span", {}, "Papers known to be relevant"),
          fileBox("known"),
          complaint("known"),
        ),
        h(
          "div",
          { class: "lx-screen-field" },
          h("span", {}, "Decisions made elsewhere"),
          fileBox("labels"),
          complaint("labels"),
        ),
        h("button", { class: "lx-button lx-screen-begin", type: "submit", disabled: !now.writable }, "Begin"),
      ),
    ];
  }

  // A review

  /** @param {ScreenReview} now */
  function head(now) {
    /** @param {number} stage */
    const toStage = (stage) => link.send("screen_view", { view: now.view, stage });
    return h(
      "div",
      { class: "lx-screen-head" },
      h("h2", { class: "lx-screen-title", tabIndex: -1, key: "title" }, now.name),
      h("span", { class: "lx-quiet" }, now.reviewer),
      h(
        "div",
        { class: "lx-segmented", role: "group", label: "Stage" },
        h(
          "button",
          { "aria-pressed": String(now.stage === 1), key: "stage:1", click: () => toStage(1) },
          "Titles and abstracts",
        ),
        h(
          "button",
          { "aria-pressed": String(now.stage === 2), key: "stage:2", click: () => toStage(2) },
          now.waits && !now.second ? "Full texts" : `Full texts ${count(now.second)}`,
        ),
      ),
      h(
        "div",
        { class: "lx-segmented", role: "group", label: "View of the review" },
        VIEWS.map(([view, label]) =>
          h(
            "button",
            {
              "aria-pressed": String(now.view === view),
              key: `view:${view}`,
              click: () => link.send("screen_view", { view, stage: now.stage }),
            },
            label,
          ),
        ),
      ),
      h(
        "div",
        { class: "lx-screen-end" },
        h("button", { class: "lx-textbutton", key: "leave", click: () => link.send("screen_leave") }, "Other reviews"),
        iconButton("close", "Stop screening for now", () => link.send("screen_close"), { key: "close" }),
      ),
    );
  }

  /** @param {ScreenSegment[]} pieces */
  function marks(pieces) {
    return pieces.map(([text, mark]) => {
      if (!mark) return document.createTextNode(text);
      if (mark === -1) return h("mark", { class: "lx-for", title: "speaks for it, as the queue has learnt" }, text);
      if (mark === -2) return h("mark", { class: "lx-against", title: "speaks against it, as the queue has learnt" }, text);
      return h("mark", { class: CRITERIA[mark - 1], title: `criterion ${mark}` }, text);
    });
  }

  /**
   * The bar of decisions: above the record, so that it stays where it is however long a record is.
   *
   * @param {ScreenReview} now
   */
  function decisions(now) {
    const off = !now.record || !mode()?.writable;
    const mine = now.record?.mine;
    /**
     * @param {ScreenLabel} label
     * @param {string} text
     * @param {string} keys
     * @param {() => void} act
     */
    const choice = (label, text, keys, act) =>
      h(
        "button",
        {
          class: CHOICES[label],
          key: label,
          disabled: off,
          "aria-keyshortcuts": keys,
          "aria-pressed": mine ? String(mine[0] === label) : null,
          click: act,
        },
        text,
        h("kbd", { "aria-hidden": "true" }, keys),
      );
    return h(
      "div",
      { class: "lx-screen-bar", role: "group", label: "Decision" },
      choice("include", "Include", "V", () => decide("include")),
      choice("exclude", "Exclude", "X", exclude),
      h(
        "button",
        {
          class: "lx-button",
          key: "reason",
          disabled: off,
          "aria-keyshortcuts": "Shift+X",
          "aria-expanded": String(picking),
          click: () => (picking ? closeReasons() : pickReason()),
        },
        "with a reason",
        h("kbd", { "aria-hidden": "true" }, "⇧X"),
      ),
      choice("maybe", "Maybe", "M", () => decide("maybe")),
      h("span", { class: "lx-spacer" }),
      h(
        "button",
        { class: "lx-button", key: "undo", disabled: !now.can_undo, "aria-keyshortcuts": "Z", click: undo },
        icon("undo"),
        h("span", {}, "Undo"),
        h("kbd", { "aria-hidden": "true" }, "Z"),
      ),
      picking ? reasons(now) : null,
    );
  }

  /** @param {ScreenReview} now */
  function reasons(now) {
    const other = h("input", {
      class: "lx-box",
      type: "text",
      maxlength: "300",
      label: "Another reason",
      placeholder: "another reason",
      keydown: submitOnEnter,
      key: `other-reason:${now.record?.id}`,
    });
    return h(
      "div",
      { class: "lx-screen-reasons", role: "group", label: "Reasons for exclusion" },
      now.reasons.map((reason, place) =>
        h(
          "button",
          { class: "lx-menu-item", key: `reason:${reason}`, click: () => decide("exclude", reason) },
          place < 9 ? h("kbd", { "aria-hidden": "true" }, String(place + 1)) : null,
          ` ${reason}`,
        ),
      ),
      now.stage === 2
        ? h(
            "button",
            { class: "lx-menu-item", key: "not-retrieved", click: () => decide("exclude", NOT_RETRIEVED) },
            h("kbd", { "aria-hidden": "true" }, "0"),
            ` ${NOT_RETRIEVED}`,
          )
        : null,
      h(
        "form",
        {
          class: "lx-saved-line",
          submit: (event) => {
            event.preventDefault();
            if (!other.value.trim()) {
              other.focus();
              return;
            }
            // The box goes with the record, and keys are those of the next one then.
            toTitle();
            decide("exclude", other.value);
          },
        },
        other,
        h("button", { class: "lx-button", type: "submit" }, "Exclude"),
      ),
    );
  }

  /**
   * @param {ScreenRecord} record
   * @param {ScreenReview} now
   */
  function recordCard(record, now) {
    const url = webAddress(record.url);
    const text = record.abstract.length
      ? h("p", { class: "lx-screen-abstract" }, marks(record.abstract))
      : h("p", { class: "lx-quiet" }, "No abstract.");
    const fillBox = h("textarea", { class: "lx-box lx-screen-text", label: "The abstract", key: `fill:${record.id}` });
    return h(
      "article",
      { class: "lx-screen-record" },
      record.mine
        ? h(
            "p",
            { class: "lx-quiet" },
            `${whoDecided(record.mine[2])}: ${record.mine.slice(0, 2).filter(Boolean).join(", ")}. Decide otherwise, or `,
            h("button", { class: "lx-textbutton", key: "next", click: () => link.send("screen_pick", { id: null }) }, "go on"),
          )
        : null,
      record.sample && now.stage === 1
        ? h(
            "p",
            { class: "lx-quiet" },
            `Drawn at random, to check what the queue may miss: ${count(record.sample[0])} of ${count(record.sample[1])}.`,
          )
        : null,
      h("h3", { class: "lx-screen-record-title", key: "record", tabIndex: -1 }, marks(record.title)),
      h("p", { class: "lx-meta" }, dotted([record.authors.join(", "), record.date, record.venue])),
      text,
      record.notes.length || record.own_note
        ? h(
            "ul",
            { class: "lx-screen-notes", label: "Notes" },
            record.own_note ? h("li", {}, h("span", { class: "lx-quiet" }, "You noted: "), record.own_note) : null,
            record.notes.map((note) => h("li", {}, h("span", { class: "lx-quiet" }, "Note: "), note)),
          )
        : null,
      record.filled ? h("p", { class: "lx-quiet" }, "The abstract was filled in by hand.") : null,
      record.abstract.length && !record.filled
        ? null
        : h(
            "details",
            { class: "lx-screen-fill" },
            h("summary", {}, record.filled ? "Change the abstract" : "Fill in the abstract"),
            fillBox,
            h(
              "button",
              {
                class: "lx-button",
                key: "fill-in",
                click: () => {
                  if (fillBox.value.trim()) link.send("screen_fill", { id: record.id, text: fillBox.value });
                  else fillBox.focus();
                },
              },
              "Keep it",
            ),
          ),
      h(
        "p",
        { class: "lx-screen-links" },
        url ? h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, "Open its page") : null,
        h("button", { class: "lx-textbutton", key: "open", click: () => app.reader.open(record.row) }, "Show it in the reader"),
        record.alike
          ? h(
              "span",
              { class: "lx-quiet" },
              `${plural(record.alike, "record")} that ${record.alike === 1 ? "says" : "say"} nearly the same will be decided with it.`,
            )
          : null,
      ),
      now.stage === 2 && !record.mine
        ? h("p", { class: "lx-quiet" }, "Read the full text; an exclusion needs a reason here.")
        : null,
    );
  }

  /** @param {ScreenReview} now */
  function aside(now) {
    const { record, progress } = now;
    const share = progress.records ? (100 * progress.screened) / progress.records : 0;
    return h(
      "aside",
      { class: "lx-screen-aside" },
      h(
        "section",
        {},
        h("h3", {}, "Criteria"),
        now.criteria.length
          ? h(
              "ol",
              { class: "lx-screen-criteria" },
              now.criteria.map((text, place) => h("li", {}, h("mark", { class: CRITERIA[place % CRITERIA.length] }, text))),
            )
          : h("p", { class: "lx-quiet" }, "None."),
        settings(now),
      ),
      record?.why.length
        ? h(
            "section",
            {},
            h("h3", {}, "Why this one"),
            h(
              "ul",
              { class: "lx-screen-why" },
              record.why.map(({ word, weight }) =>
                h("li", {}, h("mark", { class: weight > 0 ? "lx-for" : "lx-against" }, `${weight > 0 ? "+" : "−"} ${word}`)),
              ),
            ),
          )
        : null,
      h(
        "section",
        {},
        h("h3", {}, "So far"),
        h(
          "div",
          {
            class: "lx-screen-progress",
            role: "progressbar",
            label: "Records screened",
            "aria-valuenow": String(progress.screened),
            "aria-valuemax": String(progress.records),
          },
          h("span", { style: { width: `${share}%` } }),
        ),
        h(
          "p",
          {},
          `${count(progress.screened)} of ${count(progress.records)}: `,
          `${count(progress.included)} included, ${count(progress.excluded)} excluded, ${count(progress.maybe)} maybe.`,
        ),
        now.learning ? h("p", { class: "lx-quiet" }, "The queue is learning.") : null,
        now.stage === 2 ? null : sofar(now),
      ),
      now.maybes.length
        ? h(
            "details",
            { class: "lx-screen-maybes" },
            h("summary", {}, `Maybe: ${count(now.maybe)}`),
            h(
              "ul",
              {},
              now.maybes.map((paper) =>
                h(
                  "li",
                  {},
                  h(
                    "button",
                    {
                      class: "lx-textbutton",
                      key: `maybe:${paper.id}`,
                      click: () => link.send("screen_pick", { id: paper.id }),
                    },
                    paper.title,
                  ),
                ),
              ),
            ),
          )
        : null,
    );
  }

  /** @param {ScreenReview} now */
  function settings(now) {
    /**
     * @param {string} name
     * @param {string[]} lines
     */
    const box = (name, lines) =>
      h(
        "textarea",
        { class: "lx-box lx-screen-text", label: `${name}, one a line`, key: `settings:${name}` },
        lines.join("\n"),
      );
    const [criteria, own] = [box("Criteria", now.criteria), box("Reasons", now.reasons)];
    return h(
      "details",
      { class: "lx-screen-settings" },
      h("summary", {}, "Change criteria and reasons"),
      h("p", { class: "lx-quiet" }, "Criteria, one a line"),
      criteria,
      h("p", { class: "lx-quiet" }, "Reasons for exclusion, one a line"),
      own,
      h(
        "button",
        {
          class: "lx-button",
          key: "settings",
          click: () => link.send("screen_settings", { settings: { criteria: criteria.value, reasons: own.value } }),
        },
        "Keep them",
      ),
    );
  }

  // Recall

  /** Recall of titles and abstracts; full texts find nothing new. @param {ScreenReview} now */
  function sofar({ stop, progress, unknown }) {
    return stop && progress.screened
      ? recall(stop)
      : h("p", { class: "lx-quiet" }, unknown || "Recall so far: not enough is known yet.");
  }

  /** @param {ScreenStop} known */
  function recall(known) {
    const { value, low, high } = known.recall;
    // Of nothing found there is no share to draw; the sentence says so.
    if (!known.found) return h("p", { class: "lx-quiet" }, known.sentence);
    return h(
      "div",
      { class: "lx-screen-recall" },
      h(
        "p",
        {},
        h("strong", {}, `Recall so far ${percent(value)}`),
        low === null ? null : ` (${percent(low)} to ${percent(high)})`,
      ),
      bar(known),
      h("p", { class: "lx-quiet" }, known.sentence),
    );
  }

  /** @param {ScreenStop} known */
  function bar(known) {
    const { left, width, at, target } = band(known.recall, known.target);
    return h(
      "div",
      {
        class: "lx-screen-band",
        role: "img",
        label: `Recall ${percent(known.recall.value)}, interval ${percent(known.recall.low)} to ${percent(known.recall.high)}, target ${percent(known.target)}`,
      },
      h("span", { class: "lx-screen-interval", style: { left: `${left}%`, width: `${width}%` } }),
      at === null ? null : h("span", { class: "lx-screen-value", style: { left: `${at}%` } }),
      h("span", { class: "lx-screen-target", style: { left: `${target}%` } }),
    );
  }

  /**
   * Relevant records found against records read.
   *
   * @param {ScreenStop} known
   */
  function curve(known) {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", "0 0 400 160");
    svg.setAttribute("class", "lx-screen-curve");
    svg.setAttribute("role", "img");
    svg.setAttribute(
      "aria-label",
      `${count(known.found)} relevant records after ${count(known.screened)} of ${count(known.records)} read`,
    );
    const most = Math.max(known.relevant.high ?? known.found, known.found, 1);
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", curvePath(known.curve, known.records, most, 400, 160));
    svg.append(path);
    const value = known.relevant.value;
    if (value !== null) {
      const expected = document.createElementNS(SVG, "path");
      expected.setAttribute("class", "lx-screen-expected");
      expected.setAttribute("d", `M0 ${160 - (160 * value) / most}H400`);
      svg.append(expected);
    }
    return h(
      "figure",
      { class: "lx-screen-figure" },
      svg,
      h(
        "figcaption",
        { class: "lx-quiet" },
        `Relevant records found (up to ${count(most)}) against records read (up to ${count(known.records)}).`,
        value === null ? null : ` Dashed: ${count(value)} in all, as estimated.`,
      ),
    );
  }

  /** @param {ScreenReview} now */
  function stopView(now) {
    const known = now.stop;
    const promise = h("p", { class: "lx-quiet", role: "status" });
    const size = h("input", {
      id: id("sample"),
      class: "lx-box",
      type: "number",
      min: "1",
      value: known ? String(sampleSize(known)) : "50",
      key: "sample-size",
      input: () => {
        promise.textContent = known ? promised(known, Number(size.value)) : "";
      },
    });
    promise.textContent = known ? promised(known, Number(size.value)) : "";
    return h(
      "div",
      { class: "lx-screen-stop" },
      known
        ? [
            h(
              "p",
              { class: "lx-screen-verdict" },
              h("strong", {}, known.reached ? "You may stop. " : "Go on. "),
              known.sentence,
            ),
            recall({ ...known, sentence: "" }),
            curve(known),
            h(
              "dl",
              { class: "lx-facts" },
              [
                ["Relevant records in all", interval(known.relevant)],
                ["To be read until the target", interval(known.to_go)],
                ["Chance that the target is reached", chanceOf(known.chance)],
                ["Test that the target is not reached", known.p === null ? "—" : `p = ${known.p.toPrecision(2)}`],
                ["Relevant by the scores of the queue", known.modelled ? interval(known.modelled) : "—"],
                ["Irrelevant ones in a row", count(known.run)],
                ["Random validation sample", known.sampled ? plural(known.sampled, "record") : "none"],
              ].map(([term, value]) => h("div", {}, h("dt", {}, term), h("dd", {}, value))),
            ),
          ]
        : h("p", { class: "lx-quiet" }, now.unknown || "Decide about some records first."),
      h(
        "form",
        {
          class: "lx-saved-line",
          submit: (event) => {
            event.preventDefault();
            link.send("screen_sample", { size: Number(size.value) });
          },
        },
        h("label", { for: size.id }, "Check with a random sample of"),
        size,
        h("button", { class: "lx-button", type: "submit" }, "Draw it"),
      ),
      promise,
      h(
        "p",
        {},
        h(
          "button",
          { class: "lx-button", key: "report", click: () => link.send("screen_file", { file: "report" }) },
          "Save the stopping report",
        ),
      ),
    );
  }

  /** The size of a sample that may show the target. @param {ScreenStop} known */
  function sampleSize({ found, records, screened, target, recall: { confidence } }) {
    return found ? sampleFor(found, records - screened, target, confidence) : Math.min(50, records - screened);
  }

  /**
   * What a sample can show at best, before it is drawn: a small one shows little, and estimates rest on it alone from then on.
   *
   * @param {ScreenStop} known
   * @param {number} size
   */
  function promised(known, size) {
    const { found, records, screened, target } = known;
    const left = records - screened;
    if (!found || !left || !(size >= 1)) return "";
    if (size > left) return `Only ${plural(left, "record")} ${left === 1 ? "is" : "are"} left.`;
    const most = mostMissed(size, left, known.recall.confidence);
    const enough = sampleSize(known);
    return [
      `If none of ${count(size)} is relevant, at most ${plural(most, "relevant record")} may be missed:`,
      `recall of ${percent(found / (found + most))} or more.`,
      "Interval and stop rest on the sample alone once it is read.",
      size < enough ? `To show ${percent(target)} takes ${count(enough)}; a smaller one makes the interval wider.` : "",
    ].join(" ");
  }

  /** @param {ScreenStop["relevant"]} estimate */
  function interval({ value, low, high }) {
    /** @param {number | null} number */
    const say = (number) => (number === null ? "?" : count(Math.round(number)));
    return `${say(value)} (${say(low)} to ${say(high)})`;
  }

  // Reviewers

  /**
   * @param {ScreenTeam} team
   * @param {ScreenReview} now
   */
  function teamView(team, now) {
    /**
     * @param {string} act
     * @param {string} label
     * @param {string} who
     */
    const acting = (act, label, who = "") =>
      h("button", { class: "lx-button", key: `${act}:${who}`, click: () => link.send("screen_team", { act, who }) }, label);
    const me = team.reviewers.find(({ name }) => name === now.reviewer);
    return h(
      "div",
      { class: "lx-screen-team" },
      h(
        "table",
        { class: "lx-screen-table" },
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            ["Reviewer", "Decided", "State", "Leaving"].map((text) => h("th", { scope: "col" }, text)),
          ),
        ),
        h(
          "tbody",
          {},
          team.reviewers.map(({ name, state, done, decided }) =>
            h(
              "tr",
              {},
              h("td", {}, name, name === now.reviewer ? " (you)" : ""),
              h("td", {}, count(decided)),
              h("td", {}, state === "active" ? (done ? "done" : "reading") : STATES[state]),
              h("td", {}, state === "active" ? acting("leave", name === now.reviewer ? "Leave" : "Has left", name) : null),
            ),
          ),
        ),
      ),
      h(
        "p",
        { class: "lx-screen-acts" },
        me?.state === "left" ? acting("join", "Come back") : me?.done ? null : acting("done", "I am done with this stage"),
        me?.done && me.state !== "left" && team.blind ? acting("undone", "I am not done after all") : null,
        now.votes > 1 && team.blind ? acting("unblind", "Lift the blinding") : null,
      ),
      now.votes > 1
        ? h(
            "p",
            {},
            `${plural(team.awaiting, "record")} ${team.awaiting === 1 ? "awaits" : "await"} a further vote, ${count(team.awaiting_me)} of them yours. `,
            team.blind ? "Decisions of others are shown once all are done, and full texts are open then." : null,
          )
        : null,
      team.stranded ? stranded(team, now, acting) : null,
      team.said ? h("p", { class: "lx-quiet" }, team.said) : null,
      team.agreement.length
        ? h(
            "table",
            { class: "lx-screen-table" },
            h(
              "thead",
              {},
              h(
                "tr",
                {},
                ["Agreement", "Value", "95 % interval", "Records"].map((text) => h("th", { scope: "col" }, text)),
              ),
            ),
            h(
              "tbody",
              {},
              team.agreement.map((row) =>
                h(
                  "tr",
                  {},
                  h("td", {}, row.measure.startsWith("Cohen") ? `${row.measure} (${row.reviewers})` : row.measure),
                  h("td", {}, decimal(row.value)),
                  h("td", {}, row.low === null ? "—" : `${decimal(row.low)} to ${decimal(row.high)}`),
                  h("td", {}, count(row.papers)),
                ),
              ),
            ),
          )
        : null,
      (team.blind || now.votes < 2) && !team.conflicts.length ? null : h("h3", {}, `Conflicts: ${count(team.disputed)}`),
      h(
        "ul",
        { class: "lx-screen-conflicts" },
        team.conflicts.map((conflict) => conflictItem(conflict, now)),
        team.disputed > team.conflicts.length ? h("li", {}, "The others follow as these are resolved.") : null,
      ),
      team.resolved.length
        ? h(
            "details",
            { class: "lx-screen-resolved" },
            h("summary", {}, "Resolved, to change how"),
            h(
              "ul",
              { class: "lx-screen-conflicts" },
              team.resolved.map((conflict) => conflictItem(conflict, now, `again:${conflict.id}`)),
            ),
          )
        : null,
    );
  }

  /**
   * What can be done where too few are left to decide.
   *
   * @param {ScreenTeam} team
   * @param {ScreenReview} now
   * @param {(act: string, label: string) => HTMLElement} acting
   */
  function stranded(team, now, acting) {
    const who = h("input", { id: id("ask"), class: "lx-box", type: "text", maxlength: "80", key: "ask", autocomplete: "off" });
    const voters = `${now.votes} reviewers decide about each record, and ${count(team.active)} ${team.active === 1 ? "takes" : "take"} part.`;
    return h(
      "div",
      { class: "lx-screen-stranded" },
      h(
        "p",
        {},
        h(
          "strong",
          {},
          `${plural(team.stranded, "record")} ${team.stranded === 1 ? "awaits" : "await"} a vote that nobody here can give. `,
        ),
        `${voters} Ask somebody else, or for fewer votes; either stands in the log.`,
      ),
      h(
        "form",
        {
          class: "lx-saved-line",
          submit: (event) => {
            event.preventDefault();
            if (who.value.trim()) link.send("screen_team", { act: "ask", who: who.value });
            else who.focus();
          },
        },
        h("label", { for: who.id }, "Ask another reviewer"),
        who,
        h("button", { class: "lx-button", type: "submit", key: "ask-send" }, "Ask"),
        team.active
          ? acting("votes", team.active === 1 ? "Let one vote be enough" : `Let ${team.active} votes be enough`)
          : null,
      ),
    );
  }

  /** @param {number | null} number */
  function decimal(number) {
    return number === null ? "not defined" : number.toFixed(3).replace("-", "−");
  }

  /**
   * @param {ScreenConflict} conflict
   * @param {ScreenReview} now
   */
  function conflictItem(conflict, now, key = conflict.id) {
    // The reasons that reviewers gave come first: who presses Exclude shall not give another.
    const given = conflict.votes.flatMap(([, vote]) => (vote.startsWith("exclude: ") ? [vote.slice(9)] : [])).reverse();
    const further = now.stage === 2 ? [NOT_RETRIEVED] : [];
    const reason = h(
      "select",
      { class: "lx-select", label: `Reason for ${conflict.title}`, key: `conflict-reason:${key}` },
      now.stage === 1 && !given.length ? h("option", { value: "" }, "no reason") : null,
      [...new Set([...given, ...now.reasons, ...further])].map((text) => h("option", { value: text }, text)),
      now.stage === 1 && given.length ? h("option", { value: "" }, "no reason") : null,
    );
    /** @param {ScreenLabel} label */
    const settle = (label) =>
      link.send("screen_resolve", { id: conflict.id, label, reason: label === "exclude" ? reason.value : "" });
    return h(
      "li",
      {},
      h("strong", {}, conflict.title),
      h("p", {}, conflict.votes.map(([name, decision]) => `${name}: ${decision}`).join(" · ")),
      h(
        "div",
        { class: "lx-saved-line" },
        h(
          "button",
          {
            class: "lx-button",
            label: `Include ${conflict.title}`,
            key: `settle-include:${key}`,
            click: () => settle("include"),
          },
          "Include",
        ),
        h(
          "button",
          {
            class: "lx-button",
            label: `Exclude ${conflict.title}`,
            key: `settle-exclude:${key}`,
            click: () => settle("exclude"),
          },
          "Exclude",
        ),
        reason,
        h(
          "button",
          {
            class: "lx-textbutton",
            label: `Read ${conflict.title}`,
            key: `settle-read:${key}`,
            click: () => link.send("screen_pick", { id: conflict.id }),
          },
          "Read it",
        ),
      ),
    );
  }

  // The flow

  function flowView() {
    if (!flow) return h("p", { class: "lx-quiet", role: "status" }, "Counting…");
    const image = h("img", { class: "lx-screen-flow", title: "PRISMA 2020 flow diagram" });
    image.alt = "PRISMA 2020 flow diagram; its numbers are in the table below.";
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(flow.svg)}`;
    return h(
      "div",
      {},
      h(
        "p",
        { class: "lx-screen-acts" },
        h(
          "button",
          { class: "lx-button", key: "flow-file", click: () => link.send("screen_file", { file: "flow" }) },
          "Save as SVG",
        ),
      ),
      flow.notes.length
        ? h(
            "ul",
            { class: "lx-quiet" },
            flow.notes.map((note) => h("li", {}, note)),
          )
        : h("p", { class: "lx-quiet" }, "All numbers reconcile."),
      h("div", { class: "lx-screen-scroll", tabIndex: 0, role: "group", label: "Flow diagram" }, image),
      h(
        "details",
        {},
        h("summary", {}, "The numbers as a table"),
        h(
          "table",
          { class: "lx-screen-table" },
          h(
            "thead",
            {},
            h(
              "tr",
              {},
              ["Search", "Phase", "Box", "Source or reason", "n"].map((text) => h("th", { scope: "col" }, text)),
            ),
          ),
          h(
            "tbody",
            {},
            flow.rows.map((row) =>
              h(
                "tr",
                {},
                row.map((value) => h("td", {}, value)),
              ),
            ),
          ),
        ),
      ),
    );
  }

  app.onAnswer("screen_flow", (answer) => {
    flow = answer;
    draw();
  });

  // Drawing

  /**
   * What is seen before the first record: how far the records are read, and a way back.
   *
   * @param {ScreenReview} now
   */
  function starting(now) {
    if (now.reading === null) return h("p", {}, "The queue is learning what to show first…");
    return h(
      "div",
      { class: "lx-preparing" },
      h("progress", { max: 1, value: now.reading, label: "Records read" }),
      h("p", {}, `Reading all records once: ${percent(now.reading)}`),
      h("button", { class: "lx-textbutton", key: "stop-reading", click: () => link.send("screen_leave") }, "Stop"),
    );
  }

  /** @param {ScreenReview} now */
  function readView(now) {
    const open = model.get("reader");
    const { chips, shown } = model.get("summary");
    return [
      decisions(now),
      // The list is below the record, out of sight of who has just searched.
      chips.length
        ? h(
            "p",
            { class: "lx-screen-open" },
            h(
              "button",
              { class: "lx-button", key: "found", disabled: !shown, click: () => app.papers.step(1) },
              shown ? `Go to the ${plural(shown, "paper")} found` : "Nothing is found",
            ),
          )
        : null,
      open && open.row !== now.record?.row
        ? h(
            "p",
            { class: "lx-screen-open" },
            h(
              "button",
              { class: "lx-button", key: "pick-open", click: () => link.send("screen_pick", { id: null, row: open.row }) },
              `Decide about the open paper: ${plainText(open.title).slice(0, 80)}`,
            ),
          )
        : null,
      h(
        "div",
        { class: "lx-screen-columns" },
        now.record
          ? recordCard(now.record, now)
          : h(
              "article",
              { class: "lx-screen-record" },
              now.learning
                ? starting(now)
                : h(
                    "p",
                    {},
                    now.stage === 1
                      ? "Every record is decided. See when to stop, the reviewers, or the full texts."
                      : now.waits
                        ? "Full texts come here once all reviewers are done with titles and abstracts: before, those that are open would tell of others' votes."
                        : "No full text is left to assess. Those of papers that are included come here.",
                  ),
            ),
        aside(now),
      ),
    ];
  }

  /**
   * What was decided, to find a decision and change it.
   *
   * @param {ScreenDecided} known
   * @param {ScreenReview} now
   */
  function decidedView(known, now) {
    const words = h("input", {
      id: id("words"),
      class: "lx-box",
      type: "search",
      maxlength: "200",
      value: known.words,
      key: "decided-words",
      autocomplete: "off",
    });
    /** @type {HTMLSelectElement} */
    const label = h(
      "select",
      { class: "lx-select", label: "Decisions shown", key: "decided-label", change: () => look() },
      [["", "all"], ...Object.entries(SAID)].map(([value, text]) =>
        h("option", { value, selected: value === known.label }, text.toLowerCase()),
      ),
    );
    function look() {
      link.send("screen_view", { view: "decided", stage: now.stage, words: words.value, label: label.value });
    }
    const shown = known.rows.length < known.count ? `, the last ${count(known.rows.length)} of them` : "";
    return h(
      "div",
      { class: "lx-screen-decided" },
      h(
        "form",
        {
          class: "lx-saved-line",
          role: "search",
          submit: (event) => {
            event.preventDefault();
            look();
          },
        },
        h("label", { for: words.id }, "With these words in title or reason"),
        words,
        label,
        h("button", { class: "lx-button", type: "submit", key: "decided-find" }, "Find"),
      ),
      h("p", { class: "lx-quiet", role: "status" }, `${plural(known.count, "decision")}${shown}. Open one to change it.`),
      h(
        "ul",
        {},
        known.rows.map((row) =>
          h(
            "li",
            {},
            h("strong", {}, SAID[row.label]),
            h(
              "button",
              { class: "lx-textbutton", key: `decided:${row.id}`, click: () => link.send("screen_pick", { id: row.id }) },
              row.title,
            ),
            row.reason || row.how
              ? h("span", { class: "lx-quiet" }, [row.reason, howDecided(row.how)].filter(Boolean).join(" · "))
              : null,
          ),
        ),
      ),
    );
  }

  /** @param {ScreenReview} now */
  function files(now) {
    return h(
      "div",
      { class: "lx-screen-files", role: "group", label: "Files of the review" },
      knownPapers(now),
      elsewhere(now),
      h(
        "div",
        { class: "lx-screen-end" },
        h("span", { class: "lx-quiet" }, "Save"),
        FILES.map(([file, label]) =>
          h(
            "button",
            {
              class: "lx-textbutton",
              key: `file:${file}`,
              label: `Save the review as ${label}`,
              click: () => link.send("screen_file", { file }),
            },
            label,
          ),
        ),
      ),
    );
  }

  /** What waits for the reviewer, in every view: records that came, and what a file says. @param {ScreenReview} now */
  function notices(now) {
    return [
      now.newer
        ? h(
            "p",
            { class: "lx-screen-labels" },
            `The corpus has ${plural(now.newer, "record")} more than this review. `,
            h(
              "button",
              { class: "lx-button", key: "update", disabled: !mode()?.writable, click: () => link.send("screen_update") },
              `Take ${plural(now.newer, "new record")} in`,
            ),
          )
        : null,
      now.labels ? labelsRead(now.labels) : null,
    ];
  }

  /**
   * @param {ScreenReview} now
   * @returns {Children}
   */
  function viewOf(now) {
    if (now.view === "decided") return now.decided ? decidedView(now.decided, now) : null;
    if (now.view === "team") return now.team ? teamView(now.team, now) : null;
    if (now.view === "stop") return stopView(now);
    if (now.view === "flow") return flowView();
    return readView(now);
  }

  const boxes = () => /** @type {(HTMLInputElement | HTMLTextAreaElement)[]} */ ([...body.querySelectorAll(BOXES)]);

  /**
   * Draw what is in the panel anew. What is being written is not lost when an estimate comes, or another reviewer decides.
   *
   * @param {Children[]} children
   * @param {string} shown What is drawn; what is open of a record is open as long as that is the same.
   */
  function renew(children, shown) {
    const active = body.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement) : null;
    const homeless = document.activeElement === document.body;
    const open = [...body.querySelectorAll("details[open]")].map((details) => details.className);
    // What is as it was drawn may be drawn otherwise now.
    const written = new Map(boxes().flatMap((box) => (box.value === box.defaultValue ? [] : [[box.dataset.key, box]])));
    const row = active?.closest(".lx-screen-conflicts > li");
    const place = [...(row?.parentElement?.children ?? [])].indexOf(/** @type {Element} */ (row));
    const part = [...(row?.querySelectorAll("button, select") ?? [])].indexOf(/** @type {Element} */ (active));
    const cursor = active?.matches(BOXES) ? /** @type {HTMLInputElement} */ (active) : null;
    const [from, to] = [cursor?.selectionStart ?? null, cursor?.selectionEnd ?? null];
    swap(body, children, null);
    for (const name of open) {
      if (
        shown === drawn ||
        ["lx-screen-settings", "lx-screen-seeds", "lx-screen-elsewhere", "lx-screen-resolved"].includes(name)
      )
        body.querySelector(`details.${name}`)?.setAttribute("open", "");
    }
    for (const box of boxes()) {
      const before = written.get(box.dataset.key);
      if (!before) continue;
      box.value = before.value;
      box.dispatchEvent(new Event("input"));
    }
    const again = cursor && boxes().find((box) => box.dataset.key === cursor.dataset.key);
    if (again) {
      again.focus({ preventScroll: true });
      if (from !== null && to !== null) again.setSelectionRange(from, to);
    }
    // With the focus nowhere Space and Page Down would scroll nothing, and keys would be those of the notebook around.
    if ((active || homeless) && !body.contains(document.activeElement)) {
      if (cursor) wrote = performance.now();
      // Who resolves conflicts goes on with the next one.
      const following = body
        .querySelector(`.lx-screen-conflicts > li:nth-child(${place + 1})`)
        ?.querySelectorAll("button, select");
      const control = /** @type {HTMLElement | undefined} */ (following?.[part]);
      if (row && control) control.focus();
      else toTitle();
    }
  }

  function draw() {
    const now = mode();
    node.hidden = !now;
    button.setAttribute("aria-pressed", String(Boolean(now)));
    app.frame.classList.toggle("lx-screening", Boolean(now));
    if (!now) {
      drawn = "";
      body.replaceChildren();
      return;
    }
    const seen = now.review;
    if (!seen) {
      // What was written into the form is not lost when papers are ticked or another reviewer begins.
      const key = JSON.stringify(["start", now, chosen.known?.name, chosen.labels?.name, complaints]);
      if (key !== drawn) renew(start(now), key);
      if (!drawn) /** @type {HTMLElement | null} */ (body.querySelector(".lx-screen-title"))?.focus();
      drawn = key;
      return;
    }
    if (chosen.known || chosen.labels) give();
    if (seen.view === "flow") {
      // A border of a pixel at either side.
      const width = body.clientWidth - 2;
      const stamp = JSON.stringify([seen.name, seen.progress, seen.stage, seen.second]);
      if (stamp !== flowOf) flow = null;
      if (stamp !== flowOf || width !== flowWidth) link.send("screen_flow", { width });
      [flowOf, flowWidth] = [stamp, width];
    } else flowOf = "";
    const shown = `record:${seen.record?.id}`;
    renew([head(seen), notices(seen), viewOf(seen), files(seen)], shown);
    // What a file says stands above the record; its file was chosen below.
    const told = seen.labels?.phase === "read" ? seen.labels.name : "";
    if (told && told !== toldOf) body.querySelector(".lx-screen-labels")?.scrollIntoView({ block: "center" });
    toldOf = told;
    sight.disconnect();
    const record = body.querySelector(".lx-screen-record");
    if (record) sight.observe(record);
    // Who has read a long record to its end sees the next one from its beginning.
    if (shown !== drawn && drawn.startsWith("record:")) {
      body.querySelector(".lx-screen-record-title")?.scrollIntoView({ block: "nearest" });
    }
    drawn = shown;
  }

  app.watch(["screening", "reader", "summary"], draw);
  // Searches stand beside each other where there is room.
  new ResizeObserver(() => {
    if (review()?.view === "flow" && body.clientWidth - 2 !== flowWidth) draw();
  }).observe(body);
  app.layers.unshift(closeReasons);
  return { node, button, pressed };
}
