/** A line of a file, without its end. `text: null`: it cannot be read, for the reason given. */
export interface FileLine {
  /** From 1, as editors count. */
  readonly number: number;
  /** Where the line ends in the file, in bytes. */
  readonly endsAt: number;
  readonly text: string | null;
  readonly fault: string | null;
}

/** Longer than any record; a file without line ends must not be held in memory. */
const MAX_LINE_BYTES = 4_000_000;
const LINE_FEED = 0x0a;

/** The lines of a file that have something on them, read as they come: one line at a time is held. */
export async function* readLines(file: AsyncIterable<Uint8Array>): AsyncGenerator<FileLine> {
  let begun: Uint8Array[] = [];
  let begunBytes = 0;
  let number = 0;
  let endsAt = 0;
  const end = (): FileLine | null => {
    number += 1;
    endsAt += begunBytes;
    const line = begunBytes > MAX_LINE_BYTES ? tooLong() : decode(Buffer.concat(begun), number === 1);
    begun = [];
    begunBytes = 0;
    return line.text?.trim() === '' ? null : { number, endsAt, ...line };
  };
  for await (const chunk of file) {
    let from = 0;
    while (from < chunk.length) {
      const found = chunk.indexOf(LINE_FEED, from);
      const until = found === -1 ? chunk.length : found + 1;
      begunBytes += until - from;
      // What is too long is counted and dropped.
      if (begunBytes <= MAX_LINE_BYTES) begun.push(chunk.subarray(from, until));
      else begun = [];
      from = until;
      const line = found === -1 ? null : end();
      if (line !== null) yield line;
    }
  }
  const last = begunBytes === 0 ? null : end();
  if (last !== null) yield last;
}

type Decoded = Pick<FileLine, 'text' | 'fault'>;

/** Strict: a name in another encoding would be stored as question marks. */
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(bytes: Uint8Array, isFirst: boolean): Decoded {
  try {
    const text = decoder.decode(bytes).replace(/\r?\n$/u, '');
    return { text: isFirst ? text.replace(/^\uFEFF/u, '') : text, fault: null };
  } catch {
    return { text: null, fault: 'The line is not written in UTF-8' };
  }
}

function tooLong(): Decoded {
  return { text: null, fault: `The line is longer than ${String(MAX_LINE_BYTES)} bytes` };
}
