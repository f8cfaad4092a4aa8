# Makes machines of the image begin as new ones (Windows Server 2016 and newer, whose agent is EC2Launch): at their first boot it gives them a
# password and a name of their own and runs their user data, as it did on this one.
$ErrorActionPreference = 'Stop'
$v2 = "$env:ProgramFiles\Amazon\EC2Launch\EC2Launch.exe"
$v1 = "$env:ProgramData\Amazon\EC2-Windows\Launch\Scripts\InitializeInstance.ps1"

function Main {
  if (Test-Path $v2) {
    & $v2 reset --block
    if ($LASTEXITCODE -ne 0) { throw "EC2Launch.exe reset ended with $LASTEXITCODE" }
    Write-Output 'EC2Launch v2 will run its tasks at the next boot'
  }
  elseif (Test-Path $v1) {
    & $v1 -Schedule
    Write-Output 'EC2Launch v1 will run its tasks at the next boot'
  }
  else { throw "there is no EC2Launch on this machine ($v2, $v1)" }
}

try { Main } catch { Write-Output "EC2Launch could not be configured: $_"; exit 1 }
