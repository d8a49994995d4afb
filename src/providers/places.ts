// How many calls to one account are under way at once. Who comes when all places are taken waits in line, the pressing first.

/** Writes come before reads, people before whoever only looks for news. */
export type Urgency = 'write' | 'read' | 'watch';

export interface Places {
  /** A place to be left again; none where too many wait already, or where the signal was first. */
  take(urgency: Urgency, signal: AbortSignal): Promise<Place | 'full' | 'late'>;
  /** How many are taken now, and how many wait. */
  readonly taken: number;
  readonly waiting: number;
}

export interface Place {
  leave(): void;
}

export interface PlacesParts {
  readonly most: number;
  /** How many of one urgency may wait. */
  readonly waiting: number;
}

export function openPlaces({ most, waiting }: PlacesParts): Places {
  const lines: Record<Urgency, Set<() => void>> = {
    write: new Set(),
    read: new Set(),
    watch: new Set(),
  };
  let taken = 0;

  function place(): Place {
    taken += 1;
    let isLeft = false;
    return {
      leave() {
        if (isLeft) return;
        isLeft = true;
        taken -= 1;
        nextInLine()?.();
      },
    };
  }

  function nextInLine(): (() => void) | undefined {
    for (const line of [lines.write, lines.read, lines.watch]) {
      const [first] = line;
      if (first) return first;
    }
    return undefined;
  }

  return {
    get taken() {
      return taken;
    },
    get waiting() {
      return lines.write.size + lines.read.size + lines.watch.size;
    },
    async take(urgency, signal) {
      if (signal.aborted) return 'late';
      if (taken < most) return place();
      const line = lines[urgency];
      if (line.size >= waiting) return 'full';
      return new Promise((resolve) => {
        const leaveLine = () => {
          line.delete(enter);
          signal.removeEventListener('abort', giveUp);
        };
        const enter = () => {
          leaveLine();
          resolve(place());
        };
        const giveUp = () => {
          leaveLine();
          resolve('late');
        };
        line.add(enter);
        signal.addEventListener('abort', giveUp);
      });
    },
  };
}
