// Every law of a provider, held by this one; and every law's mutant, caught.

import { hold } from './hold.ts';
import { stackAuth } from './subjects/stack-auth.ts';

await hold(stackAuth);
