/**
 * Completions for PowerShell 5 and later. Rows are texts with tabs between their columns: keys of a PowerShell table are
 * not case-sensitive (`-v`, `-V`). Where the script offers nothing PowerShell completes file names.
 *
 * @module
 */

import { nameOf, otherwiseOf, type Place } from "./places.ts";

/** Writes the script, to be run in the profile for instance. */
export function powershellScript(places: readonly Place[]): string {
  return `# PowerShell completion for sockeye

Register-ArgumentCompleter -Native -CommandName sockeye -ScriptBlock {
    param($typed, $ast, $cursor)

    # Place: words with their help.
    $words = @{
${places.filter(({ words }) => words.length > 0).map(wordRows).join("\n")}
    }
    # Place: options with the words that their value may be (- for any, nothing for a flag) and their help.
    $options = @{
${places.map(optionRows).join("\n")}
    }

    # The place behind an operand that is none of the words.
    $otherwise = @{ ${otherwiseOf(places).map(([place, other]) => `${quote(place)} = ${quote(other)}`).join("; ")} }

    $place = ''
    $flag = ''
    $more = $false
    foreach ($element in $ast.CommandElements | Select-Object -Skip 1) {
        if ($element.Extent.EndOffset -ge $cursor -and $typed -ne '') { break }
        if ($element.Extent.StartOffset -ge $cursor) { break }
        $word = $element.Extent.Text
        $next = "$place $word".Trim()
        if ($flag -ne '') { $flag = '' }
        elseif ($word -like '-*') {
            $row = $options[$place] | Where-Object { $_.Split("\`t")[0] -ceq $word }
            if ($row -and $row.Split("\`t")[1] -ne '') { $flag = $word }
        }
        elseif ($options.ContainsKey($next)) { $place = $next }
        else {
            $more = $true
            if ($otherwise.ContainsKey($place)) { $place = $otherwise[$place] }
        }
    }

    $lead = ''
    $rest = $typed
    if ($flag -eq '' -and $typed -like '--*=*') {
        $flag = $typed.Substring(0, $typed.IndexOf('='))
        $lead = "$flag="
        $rest = $typed.Substring($lead.Length)
    }
    $rows = @()
    if ($flag -ne '') {
        $row = $options[$place] | Where-Object { $_.Split("\`t")[0] -ceq $flag }
        if ($row) { $rows = $row.Split("\`t")[1].Split(' ') | Where-Object { $_ -ne '-' } | ForEach-Object { "$_\`t$_" } }
    }
    elseif ($typed -like '-*') {
        $rows = $options[$place] | ForEach-Object { $_.Split("\`t")[0] + "\`t" + $_.Split("\`t")[2] }
    }
    elseif (-not $more) { $rows = $words[$place] }

    foreach ($row in $rows) {
        $word, $help = $row.Split("\`t")
        if ($word.StartsWith($rest, [System.StringComparison]::Ordinal)) {
            [System.Management.Automation.CompletionResult]::new("$lead$word", $word, 'ParameterValue', $help)
        }
    }
}
`;
}

function wordRows(place: Place): string {
  return table(place, place.words.map(({ name, summary }) => `${name}\t${summary}`));
}

function optionRows(place: Place): string {
  return table(
    place,
    place.options.flatMap(({ flags, value, choices, help }) =>
      flags.map((flag) => `${flag}\t${value === undefined ? "" : choices.join(" ") || "-"}\t${help}`)
    ),
  );
}

function table(place: Place, rows: readonly string[]): string {
  if (rows.length === 0) return `        ${quote(nameOf(place))} = @()`;
  return `        ${quote(nameOf(place))} = @(
${rows.map((row) => `            ${quote(row)}`).join("\n")}
        )`;
}

/** Quotes a string. PowerShell takes typographic quotes for quotes too. */
function quote(text: string): string {
  return `'${text.replace(/['‘’‚‛]/g, "$&$&")}'`;
}
