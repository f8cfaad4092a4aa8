# Takes the bake's repositories away from Chocolatey again: it would keep them in the image, with their users and passwords.
$ErrorActionPreference = 'Stop'
$directory = "$env:ProgramData\chocolatey"
$choco = "$directory\bin\choco.exe"
# What windows-configure-chocolatey.ps1 lets their names begin with.
$ours = 'bakehouse-'

function Main {
  if (-not (Test-Path $choco)) { return }
  foreach ($line in & $choco source list --limit-output) {
    $name = "$line".Split('|')[0]
    if (-not $name.StartsWith($ours)) { continue }
    & $choco source remove --name $name | Out-Null
    if ($LASTEXITCODE -ne 0) { throw "choco source remove ended with $LASTEXITCODE for $name" }
    Write-Host "source $name is gone"
  }
  # Here Chocolatey keeps what its settings were before the last change.
  Remove-Item -Force -ErrorAction SilentlyContinue "$directory\config\chocolatey.config.backup"
}

try { Main } catch { Write-Host "repositories could not be removed: $_"; exit 1 }
