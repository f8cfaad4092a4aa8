# Installs Chocolatey packages, in their order; ends with Chocolatey's own code when one of them cannot be had.
#
#   packages  names, parted by blanks or commas. `Tidepool.Core.4.2.0` pins one to a version, which begins at the first part that is a whole
#             number; a build or commit behind it (`4.2.0-17+7c1e`) is not Chocolatey's and left out. `!Net.4.Tools` is a name as it stands
$ErrorActionPreference = 'Stop'
$tries = 3
$choco = "$env:ProgramData\chocolatey\bin\choco.exe"
# Installed; the two others want the machine started anew, which every machine of the image will be.
$installed = 0, 1641, 3010

function Main {
  $wanted = @("$env:packages".Trim('"', "'", ' ') -split '[\s,]+' | Where-Object { $_ } | ForEach-Object { Read-Package $_ })
  Write-Host "packages: $($wanted.Text)"
  foreach ($package in $wanted) {
    $status = Install-Wanted $package
    if ($installed -notcontains $status) {
      Write-Host "$($package.Text) could not be installed: Chocolatey ended with $status"
      exit $status
    }
  }
}

function Read-Package([string] $text) {
  if ($text.StartsWith('!')) { $name, $version = $text.Substring(1), '' }
  else {
    $parts = $text.Split('.')
    $start = Find-Part $parts '^\d+$'
    if ($start -lt 0) { $start = Find-Part $parts '^\d.*-' }
    if ($start -lt 0) { $name, $version = $text, '' }
    else {
      $name = $parts[0..($start - 1)] -join '.'
      $version = ($parts[$start..($parts.Length - 1)] -join '.') -replace '[-+].*$', ''
    }
  }
  if ($name -notmatch '^\w') { throw "'$text' is not a package: its name must begin with a letter or a digit" }
  [pscustomobject]@{ Text = $text; Name = $name; Version = $version }
}

# Where a part like that stands, the first one left out; -1 for nowhere.
function Find-Part([string[]] $parts, [string] $pattern) {
  for ($index = 1; $index -lt $parts.Length; $index++) {
    if ($parts[$index] -match $pattern) { return $index }
  }
  return -1
}

# Answers with Chocolatey's code. What no source has is not asked for again.
function Install-Wanted($package) {
  $arguments = 'install', $package.Name, '--yes', '--no-progress'
  if ($package.Version) { $arguments += '--version', $package.Version, '--allow-downgrade' }
  for ($try = 1; ; $try++) {
    & $choco @arguments | Tee-Object -Variable said | Out-Host
    $status = $LASTEXITCODE
    if ($installed -contains $status -or $try -ge $tries -or "$said" -match 'not found with the source') { return $status }
    $pause = [math]::Pow(2, $try)
    Write-Host "trying again in $pause s"
    Start-Sleep -Seconds $pause
  }
}

try { Main } catch { Write-Host "packages could not be installed: $_"; exit 1 }
