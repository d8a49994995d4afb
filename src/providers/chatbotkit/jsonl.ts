// Lines of JSON out of bytes that were cut anywhere: inside a character, inside the end of a line, or not at all.

import { failed, type Outcome, success } from '../../domain/failure.ts';
import type { ProviderName } from '../../domain/ids.ts';
import type { Ask, Pieces } from '../ask.ts';
import { misshapen } from '../wire-reading.ts';

interface Asked {
  readonly provider: ProviderName;
  readonly effect: Ask['effect'];
}

/**
 * What each line says, blank ones left out. A failure is the last of them: that of the pieces, or a line that is no JSON.
 * All lines before it have been given by then, the one that was being written too where it was whole.
 */
export async function* linesOf(
  pieces: Pieces,
  asked: Asked,
): AsyncGenerator<Outcome<unknown>, void, undefined> {
  let number = 0;
  let begun: Uint8Array[] = [];
  let bytes = 0;

  function endLine(): Outcome<unknown> | undefined {
    const said = parseLine(begun);
    begun = [];
    bytes = 0;
    number += 1;
    if (said === BLANK) return undefined;
    return said === TORN
      ? failed(misshapen(`line ${number} is no JSON`, asked))
      : success(said.json);
  }

  for await (const piece of pieces) {
    if (!piece.ok) {
      // A line may be whole but for its end; what it lost beyond that tells itself by not being JSON.
      const last = endLine();
      if (last?.ok) yield last;
      yield piece;
      return;
    }
    let rest = piece.value;
    for (let end = rest.indexOf(LINE_FEED); end >= 0; end = rest.indexOf(LINE_FEED)) {
      begun.push(rest.subarray(0, end));
      rest = rest.subarray(end + 1);
      const line = endLine();
      if (line) yield line;
      if (line?.ok === false) return;
    }
    begun.push(rest);
    bytes += rest.length;
    if (bytes > MAX_LINE_BYTES) {
      yield failed(misshapen(`line ${number + 1} has no end`, asked));
      return;
    }
  }
  const last = endLine();
  if (last) yield last;
}

/** The longest has a whole reply in it, or what a function answered; only the latter may be large. */
const MAX_LINE_BYTES = 4 * 1024 * 1024;

/** In UTF-8 a byte like it is part of no other character, so that lines can be told before they are read. */
const LINE_FEED = 0x0a;

const BLANK = Symbol('blank');
const TORN = Symbol('torn');

function parseLine(
  pieces: readonly Uint8Array[],
): typeof BLANK | typeof TORN | { readonly json: unknown } {
  try {
    // Bytes that are no characters would else become others in silence.
    const line = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(pieces)).trim();
    return line === '' ? BLANK : { json: JSON.parse(line) };
  } catch {
    return TORN;
  }
}
