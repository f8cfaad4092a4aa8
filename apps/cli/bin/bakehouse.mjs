#!/usr/bin/env node
// Source is what runs: tsx strips the types, then the program is the same file that `npm start` runs.
import { register } from 'tsx/esm/api';

register();
await import('../src/main.ts');
