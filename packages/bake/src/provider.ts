import type { z } from 'zod';
import type { Artifact } from './artifact.ts';
import type { BaseImage } from './base-image.ts';
import type { FoundImage, ImageQuery } from './image-query.ts';
import type { Choice } from './order.ts';
import type { PackerRecord } from './packer-report.ts';
import type { BakeRecipe } from './recipe.ts';
import type { Refusal } from './refusal.ts';
import type { BakeRequest } from './request.ts';
import { type Result, yes } from './result.ts';
import type { BakerySettings } from './settings/bakery.ts';
import type { Masking } from './settings/masked.ts';
import type { Place, Variables } from './variable.ts';

/** What an image will be called. Made once per bake: the time may be in it. */
export interface ImageNames {
  imageName: string;
  /** The version of the first package in the grammar that image searches understand; `null` where it does not fit. */
  appVersion: string | null;
}

/** A provider under one operator's settings: what may be asked of it here. */
export interface Offer {
  readonly baseImages: readonly BaseImage[];
  /** The images to look for before anything can be chosen; `undefined` where the request and the settings say enough. */
  imageQuery?(request: BakeRequest): ImageQuery | undefined;
  /** `found` is what a search for `imageQuery` brought; `undefined` where there is nobody to ask, and Packer has to search itself. */
  choose(request: BakeRequest, found?: readonly FoundImage[]): Result<Choice, Refusal>;
  /**
   * Why a request that can be planned would be baked in vain, or asks what changes nothing. Classic pipelines count on being taken all
   * the same; whoever else asks is told.
   */
  inVain?(request: BakeRequest): Refusal | undefined;
  name(request: BakeRequest, choice: Choice, now: Date): Result<ImageNames, Refusal>;
  /** Variables that name the image and do not change it. */
  nameVariables(names: ImageNames, request: BakeRequest, now: Date): Variables;
  /** What this cloud adds to the key of the classic bakery; `null` for nothing. */
  classicKeyPart(request: BakeRequest): Result<string | null, Refusal>;
  /** Variables that the operator masks; `defineProvider` reads them from the settings, as it does the operator's own secrets. */
  readonly masked?: readonly string[];
}

export interface Provider {
  /** Its section in the operator's settings. */
  readonly section: string;
  /** Reads that section; the error says which key is wrong. */
  readonly settings: z.ZodType;
  /** Opens the section once it is read; `bakery` holds what all sections share. */
  offer(settings: unknown, bakery: BakerySettings): Offer;
  /** Variables that only a worker can fill, because they are places on its disk. */
  readonly places: Readonly<Record<string, Place>>;
  /** Variables that are secrets of this cloud: confided where a request says them, whether the settings have them or not. */
  readonly secrets: readonly string[];
  /** Names of the worker's own environment that Packer may see for this cloud: its credentials. */
  readonly environment: readonly string[];
  /** What no log may show though nobody was told it: what Packer makes up itself, such as addresses that are signed. Matched with `g`. */
  readonly secretPatterns?: readonly RegExp[];
  /** The images a record speaks of, primary first; empty for a record that is no image here. Needs no settings, so a worker needs none. */
  images(record: PackerRecord, recipe: BakeRecipe): readonly Artifact[];
  /** Records that count only where no record of the build is an image by `images`. */
  secondBest?(record: PackerRecord, recipe: BakeRecipe): readonly Artifact[];
  /** A region has images of its own: one that was made elsewhere does not answer a request. */
  readonly imagesAreRegional?: boolean;
  /** One bake may leave copies in several regions, and classic callers ask for each by its region. */
  readonly copiesByRegion?: boolean;
  /** How other programs name an image where its reference does not do, e.g. by an address. */
  address?(image: Artifact, recipe: BakeRecipe): string;
  /** The lines of Packer's talk that `survivors` reads; no other is kept for it. */
  readonly notices?: readonly RegExp[];
  /** Ids say nothing here, so that records and manifest are compared by the names of their files too. */
  readonly imagesAreFiles?: boolean;
  /** What is left of a build's images once Packer's own words about taking them away are heard; all of them where this is absent. */
  survivors?(images: readonly Artifact[], run: RunOfBuild): readonly Artifact[];
}

/** One build as the rules for destroyed images see it. */
export interface RunOfBuild {
  target: string;
  /** Records that count here, repeats left out. */
  candidates: readonly PackerRecord[];
  /** What Packer said to people while it ran. */
  notices: readonly string[];
}

/** Ties a provider's settings to its offer, so that nothing outside its folder knows their type, and adds what all providers have alike. */
export function defineProvider<Settings extends Masking>(
  parts: Omit<Provider, 'settings' | 'offer'> & {
    settings: z.ZodType<Settings>;
    offer: (settings: Settings, bakery: BakerySettings) => Offer;
  },
): Provider {
  return {
    ...parts,
    offer: (section, bakery) => {
      const settings = parts.settings.parse(section);
      const { maskedPackerParameters: masked, secretVariables } = settings.bakeryDefaults;
      const offer = parts.offer(settings, bakery);
      return {
        ...offer,
        masked,
        choose: (request, found) => withSecrets(offer.choose(request, found), secretVariables),
      };
    },
  };
}

function withSecrets(choice: Result<Choice, Refusal>, secrets: Choice['secrets']): Result<Choice, Refusal> {
  return choice.ok ? yes({ ...choice.value, secrets: { ...choice.value.secrets, ...secrets } }) : choice;
}
