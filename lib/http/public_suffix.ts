/**
 * Names under which unrelated people have sites: a cookie for one of them would go to strangers. The whole list
 * (publicsuffix.org) has ten thousand and changes every week; these are the shapes and the hosters that matter most, and a
 * name that is missed costs no more than a cookie for the sites of one hoster.
 *
 * @module
 */

import { SECOND_LEVELS } from "./file_name.ts";

/** More second levels of countries, which may as well be the own name of a site elsewhere. */
const MORE_LEVELS =
  /^(?:(?:me|ltd|plc|sch|nhs|police)\.uk|(?:ne|or|go|ad|ed|gr|lg)\.jp|(?:id|asn)\.au|(?:gob|nom)\.\w\w|(?:mil|or|go|re|ne|pe)\.kr|(?:idv|mil)\.tw|(?:school|geek|gen|maori|iwi)\.nz|(?:art|blog|eco|ind|adm|adv|eng)\.br|(?:firm|gen|ind|nic|res)\.in|(?:bj|sh|tj|cq|he|sx|nm|ln|jl|hl|js|zj|ah|fj|jx|sd|ha|hb|hn|gd|gx|hi|sc|gz|yn|xz|sn|gs|qh|nx|xj|tw|hk|mo)\.cn)$/;

/** Hosters that give a name below theirs to each customer. */
const HOSTERS: ReadonlySet<string> = new Set(
  ("github.io gitlab.io githubusercontent.com codeberg.page readthedocs.io herokuapp.com vercel.app now.sh netlify.app " +
    "pages.dev workers.dev web.app firebaseapp.com appspot.com run.app cloudfunctions.net blogspot.com azurewebsites.net " +
    "azurestaticapps.net cloudapp.net blob.core.windows.net amazonaws.com s3.amazonaws.com elasticbeanstalk.com " +
    "cloudfront.net fly.dev onrender.com surge.sh glitch.me repl.co deno.dev wordpress.com weebly.com wixsite.com " +
    "myshopify.com ngrok.io ngrok.app ngrok-free.app trycloudflare.com duckdns.org dyndns.org no-ip.org ddns.net " +
    "sourceforge.io neocities.org tumblr.com gitee.io myqcloud.com aliyuncs.com").split(" "),
);

/** Whether names below this one belong to different owners: a single label, `co.uk`, `github.io`. */
export function isPublicSuffix(domain: string): boolean {
  const labels = domain.split(".");
  if (labels.length === 1) return true;
  const [second = "", top = ""] = labels;
  const isCountry = labels.length === 2 && top.length === 2 && SECOND_LEVELS.has(second);
  return isCountry || MORE_LEVELS.test(domain) || HOSTERS.has(domain);
}
