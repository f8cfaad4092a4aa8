import { stripVTControlCharacters, styleText } from 'node:util';

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** A program reads what is emitted, a person what is printed. One of the two is mute, so a command says both and asks nothing. */
export interface Screen {
  /** One JSON document on a line of its own. */
  emit(document: unknown): void;
  print(line?: string): void;
  /** The line at the bottom of a terminal that is drawn over; not shown where there is no terminal. */
  status(text: string): void;
  /** On stderr, for both readers. */
  complain(text: string): void;
  paint(style: Style, text: string): string;
  /** Whether `status` shows. Where it does not, changes are worth a printed line. */
  readonly live: boolean;
}

export interface Outlets {
  stdout: NodeJS.WritableStream & { isTTY?: boolean; columns?: number };
  stderr: NodeJS.WritableStream & { isTTY?: boolean };
  /** NO_COLOR was set. */
  plain: boolean;
}

/** A screen for a person, or with `reader: 'program'` for one. */
export function openScreen({ stdout, stderr, plain }: Outlets, reader: 'person' | 'program'): Screen {
  const forPerson = reader === 'person';
  const live = forPerson && stdout.isTTY === true;
  const colour = live && !plain;
  let drawn = '';

  const erase = () => (drawn === '' ? '' : '\r\x1b[2K');
  return {
    live,
    emit(document) {
      if (!forPerson) stdout.write(`${JSON.stringify(document)}\n`);
    },
    print(line = '') {
      if (forPerson) stdout.write(`${erase()}${line}\n${drawn}`);
    },
    status(text) {
      if (!live) return;
      const before = erase();
      drawn = shorten(text, (stdout.columns ?? 80) - 1);
      stdout.write(`${before}${drawn}`);
    },
    complain(text) {
      if (drawn !== '') stdout.write(erase());
      drawn = '';
      stderr.write(`${text}\n`);
    },
    paint: (style, text) => (colour ? styleText(style, text, { validateStream: false }) : text),
  };
}

/** What a build printed, without what would steer the terminal it is shown on. */
export function harmless(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return stripVTControlCharacters(text).replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, '');
}

/** A status line that wraps cannot be drawn over. */
function shorten(text: string, columns: number): string {
  const bare = stripVTControlCharacters(text);
  return bare.length <= columns ? text : `${bare.slice(0, Math.max(columns - 1, 0))}…`;
}
