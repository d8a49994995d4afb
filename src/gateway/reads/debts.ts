// Touches that could not be told while the log was out of reach, told once it is not.

import type { ProviderName } from '../../domain/ids.ts';
import type { Entry, EventLog } from '../../state/events/log.ts';
import { openBell, type Timer } from '../pace.ts';
import { ofAccount, type Touch, touched } from './touches.ts';

export interface Debts {
  /** Tells of it later, and then says so. */
  owe(touch: Touch, paid: () => void): void;
  close(): void;
}

/** What is owed beyond this is told of whole accounts. */
const MOST_OWED = 500;
const AT_ONCE = 100;
const PAUSE_MS = 200;

interface Debt {
  readonly touch: Touch;
  readonly paid: () => void;
}

export function openDebts({
  events,
  clock,
  timer,
  note,
}: {
  readonly events: EventLog;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly timer: Timer;
  readonly note: (entry: Entry) => void;
}): Debts {
  let owed: readonly Debt[] = [];
  let isPaying = false;
  const bell = openBell(timer);
  const gone = new AbortController();

  async function payAll(): Promise<void> {
    while (owed.length > 0 && !gone.signal.aborted) {
      await bell.wait(PAUSE_MS, gone.signal);
      const some = owed.slice(0, AT_ONCE);
      const now = new Date(clock());
      const appended = await events.append(some.map(({ touch }) => touched(touch, now)));
      if (!appended.ok) continue;
      for (const entry of appended.value) if (entry) note(entry);
      const paid = new Set(some);
      owed = owed.filter((debt) => !paid.has(debt));
      for (const debt of some) debt.paid();
    }
    isPaying = false;
  }

  /** One for each account, which pays all that were owed of it. */
  function summedUp(debts: readonly Debt[]): readonly Debt[] {
    const byAccount = new Map<ProviderName, Debt[]>();
    for (const debt of debts) {
      const { provider } = debt.touch.conversation;
      byAccount.set(provider, [...(byAccount.get(provider) ?? []), debt]);
    }
    return [...byAccount].map(([provider, all]) => ({
      touch: ofAccount(provider, ['account']),
      paid: () => {
        for (const { paid } of all) paid();
      },
    }));
  }

  return {
    owe(touch, paid) {
      let isPaid = false;
      const payOnce = () => {
        // One that was summed up while it was being told is told twice.
        if (!isPaid) paid();
        isPaid = true;
      };
      owed = [...owed, { touch, paid: payOnce }];
      if (owed.length > MOST_OWED) owed = summedUp(owed);
      if (isPaying) return;
      isPaying = true;
      void payAll();
    },
    close: () => gone.abort(),
  };
}
