"""Scripts that fetch a table of many parts: each part's sha256 is checked, and one header kept."""

from collections.abc import Callable, Sequence

Parts = Sequence[tuple[str, str]]
"""sha256 and path below the base address of each part, in their order."""
_SHELL = """\
#!/bin/sh
# Fetches the @count@ parts of @name@, checks each, and makes one file of them. Needs curl, and sha256sum or shasum.
set -eu
base=@base@
output=@output@
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
check() {
  if command -v sha256sum >/dev/null 2>&1; then sha256sum -c - >/dev/null; else shasum -a 256 -c - >/dev/null; fi
}
first=yes
while read -r hash path; do
  curl -fsS --retry 3 -o "$work/part" "$base/$path"
  printf '%s  %s\\n' "$hash" "$work/part" | check || { echo "$path: not what was published; try again" >&2; exit 1; }
  if [ "$first" = yes ]; then cat "$work/part"; else tail -n +2 "$work/part"; fi >>"$work/whole"
  first=no
done <<'PARTS'
@parts@
PARTS
mv "$work/whole" "$output"
echo "$output: @rows@ rows"
"""
_POWERSHELL = """\
# Fetches the @count@ parts of @name@, checks each, and makes one file of them.
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$base = @base@
$output = Join-Path (Get-Location) @output@
$target = [IO.File]::Create("$output.partial")
try {
  $first = $true
  foreach ($line in (@'
@parts@
'@ -split '\\r?\\n')) {
    $hash, $path = $line -split ' '
    $part = New-TemporaryFile
    Invoke-WebRequest -UseBasicParsing -Uri "$base/$path" -OutFile $part
    if ((Get-FileHash $part -Algorithm SHA256).Hash -ne $hash) { throw "${path}: not what was published; try again" }
    $source = [IO.File]::OpenRead($part)
    if (-not $first) { do { $byte = $source.ReadByte() } until ($byte -eq 10 -or $byte -eq -1) }
    $source.CopyTo($target)
    $source.Close()
    Remove-Item $part
    $first = $false
  }
} finally { $target.Close() }
Move-Item -Force "$output.partial" $output
"${output}: @rows@ rows"
"""


def shell_script(output: str, base: str, parts: Parts, rows: int) -> str:
    """For any POSIX shell; `base` is the address of the dataset's folder of data, `output` the file to make."""
    return _fill(_SHELL, output, base, parts, rows, lambda text: "'" + text.replace("'", "'\\''") + "'")


def powershell_script(output: str, base: str, parts: Parts, rows: int) -> str:
    """For Windows PowerShell 5.1 and newer."""
    return _fill(_POWERSHELL, output, base, parts, rows, lambda text: "'" + text.replace("'", "''") + "'")


def _fill(text: str, output: str, base: str, parts: Parts, rows: int, quote: Callable[[str], str]) -> str:
    values = {
        "count": str(len(parts)), "name": output, "base": quote(base.rstrip("/")), "output": quote(output),
        "parts": "\n".join(f"{sha256} {path}" for sha256, path in parts), "rows": str(rows),
    }  # fmt: skip
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    return text
