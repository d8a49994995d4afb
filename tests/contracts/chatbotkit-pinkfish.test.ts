// Every law of a provider, held by this one; and every law's mutant, caught.

import { hold } from './hold.ts';
import { chatbotkitOverOtherPinkfish, chatbotkitOverPinkfish } from './subjects/pinkfish.ts';

await hold(chatbotkitOverPinkfish);
await hold(chatbotkitOverOtherPinkfish);
