// Files cross to the kernel in parts, the next one only when the one before has arrived: other messages get through between
// them, and a slow line is not flooded.

/** A function that sends files; `complain` hears what goes wrong. */
export function uploader(app) {
  const { model, link } = app;
  let job = null;

  function* partsOf(files, size) {
    for (const { id, file } of files)
      for (let part = 0; part * size < file.size; part += 1)
        yield { id, part, blob: file.slice(part * size, (part + 1) * size) };
  }

  async function next(mine) {
    const { value, done } = mine.parts.next();
    if (done) {
      job = null;
      link.send("intake_read");
      return;
    }
    try {
      const data = await value.blob.arrayBuffer();
      if (job !== mine) return;
      mine.sent = `${value.id}/${value.part}`;
      link.send("intake_chunk", { id: value.id, part: value.part }, [data]);
    } catch (error) {
      if (job !== mine) return;
      job = null;
      link.send("intake_cancel");
      mine.complain(`A file could not be read (${error.message}). It may have been moved, or be open in another program.`);
    }
  }

  app.watch(["intake", "status"], () => {
    if (!job || !link.answered(job.seq)) return;
    const { phase, got } = model.get("intake") ?? {};
    if (phase !== "receiving")
      job = null; // refused, or cancelled
    else if (job.sent === (got ? got.join("/") : "")) {
      job.sent = null; // until it is on its way
      next(job);
    }
  });

  return (files, complain) => {
    complain("");
    const mark = crypto.getRandomValues(new Uint32Array(1))[0].toString(36);
    const list = files.map((file, number) => ({ id: `${mark}-${number}`, file }));
    job = { parts: partsOf(list, model.get("intake").chunk), sent: "", complain };
    job.seq = link.send("intake_begin", { files: list.map(({ id, file }) => ({ id, name: file.name, size: file.size })) });
  };
}
