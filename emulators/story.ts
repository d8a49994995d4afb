// The little world all four emulators tell of, in nobody's dialect: who wrote, what about, and what was answered.

export interface Person {
  readonly name: string;
  readonly email: string;
  readonly phone: string;
  readonly company: string;
}

export interface Turn {
  readonly by: 'customer' | 'bot' | 'agent';
  readonly text: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface Tale {
  /** A short stable word, unique within one telling; dialects derive their ids from it. */
  readonly key: string;
  readonly person: Person;
  readonly subject: string;
  readonly summary: string;
  /** What the customer's account is on. */
  readonly plan: 'free' | 'pro' | 'team';
  readonly vip: boolean;
  readonly urgency: 'low' | 'normal' | 'high' | 'urgent';
  readonly state: 'open' | 'waiting' | 'closed';
  /** Oldest first, never empty, begins with the customer. */
  readonly turns: readonly Turn[];
  /** What a colleague wrote down, unseen by the customer. */
  readonly note?: string;
  /** Pages the bot drew on. */
  readonly sources: readonly { readonly title: string; readonly url: string }[];
}

export interface Telling {
  /** Another seed, another set of people and troubles. Same seed and time, same tales. */
  readonly seed: string;
  readonly count?: number;
  /** The newest turn is shortly before this. Milliseconds since the epoch. */
  readonly now: number;
}

export function tellTales({ seed, count = 40, now }: Telling): Tale[] {
  return Array.from({ length: count }, (_, index) => ({
    key: `${seed}-${index}`,
    person: {
      name: `Person ${index}`,
      email: `person${index}@example.com`,
      phone: '+12025550100',
      company: 'Example',
    },
    subject: `Question ${index}`,
    summary: `Asks question ${index}`,
    plan: 'pro',
    vip: index % 5 === 0,
    urgency: 'normal',
    state: 'open',
    turns: [
      { by: 'customer', text: `Question ${index}?`, at: now - index * 3_600_000 - 60_000 },
      { by: 'bot', text: `Answer ${index}.`, at: now - index * 3_600_000 - 30_000 },
    ],
    sources: [],
  }));
}
