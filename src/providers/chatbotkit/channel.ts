// What is heard in the channel of a conversation: that its bot works, and on what. Only the bot's turns are told there.

import { failed, type Outcome, success } from '../../domain/failure.ts';
import type { Arrival } from '../ask.ts';
import { misshapen } from '../wire-reading.ts';
import { linesOf } from './jsonl.ts';
import { type Refused, refusalInLine, refusalOf } from './refusal.ts';
import { WireLine, WireRefusalLine, WireSaid } from './wire.ts';

export type Activity =
  /** From now on nothing is missed. */
  | { readonly type: 'listening' }
  /** Said, and stored now or at the end of the turn; it has no id yet. */
  | { readonly type: 'said'; readonly row: string; readonly text: string }
  /** A turn began or ended: rows may have been stored. */
  | { readonly type: 'turn' };

/** Never ends by itself where all is well; a failure is the last of it. */
export async function* activitiesIn(
  asking: Promise<Outcome<Arrival>>,
  asked: Refused,
): AsyncGenerator<Outcome<Activity>, void, undefined> {
  const arrival = await asking;
  if (!arrival.ok) {
    yield arrival;
    return;
  }
  if (arrival.value.kind === 'whole') {
    yield failed(refusalOf(arrival.value.answer, asked) ?? misshapen('its channel', asked));
    return;
  }
  for await (const line of linesOf(arrival.value.pieces, asked)) {
    const activity = line.ok ? activityIn(line.value, asked) : line;
    if (activity) yield activity;
    if (activity?.ok === false) return;
  }
}

/** Undefined for what is only there to keep the line open, and for words of tomorrow. */
function activityIn(value: unknown, asked: Refused): Outcome<Activity> | undefined {
  const { type, data } = WireLine.safeParse(value).data ?? {};
  switch (type) {
    case 'nop':
      return success({ type: 'listening' });
    case 'message':
      return published(data);
    case 'error': {
      const error = WireRefusalLine.safeParse(data).data ?? {};
      return failed(refusalInLine(error, asked, { isSettled: true }));
    }
    default:
      return undefined;
  }
}

/** Every line of the channel is a message; what was published is inside, and may be one itself. */
function published(event: unknown): Outcome<Activity> | undefined {
  const { type, data } = WireLine.safeParse(event).data ?? {};
  switch (type) {
    case 'message': {
      const said = WireSaid.safeParse(data).data;
      return success({ type: 'said', row: said?.type ?? '', text: said?.text ?? '' });
    }
    case 'completeBegin':
    case 'completeEnd':
    case 'abort':
    case 'error':
      return success({ type: 'turn' });
    default:
      return undefined;
  }
}
