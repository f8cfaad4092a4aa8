# Makes a Windows machine of Azure ready to be an image: the last thing that runs on it. Sysprep takes away its names and identifiers; Packer
# shuts it down after that.
$ErrorActionPreference = 'Stop'
$sysprep = "$env:SystemRoot\System32\Sysprep"
$state = 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Setup\State'
$generalized = 'IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE'
# Azure's own, which the first boot of a machine relies on: they may still be starting here.
$agents = 'RdAgent', 'WindowsAzureGuestAgent'

function Main {
  foreach ($agent in $agents) { Wait-Agent $agent }
  # An answer file of this machine's own making would be taken for the image's.
  Remove-Item -Force -ErrorAction SilentlyContinue "$sysprep\unattend.xml", "$env:SystemRoot\Panther\unattend.xml"
  Start-Process -Wait "$sysprep\sysprep.exe" -ArgumentList '/generalize', '/oobe', '/mode:vm', '/quiet', '/quit'
  Wait-Until "the machine is generalized (see $sysprep\Panther\setuperr.log)" 1800 {
    (Get-ItemProperty $state).ImageState -eq $generalized
  }
}

function Wait-Agent([string] $name) {
  if (-not (Get-Service -ErrorAction SilentlyContinue $name)) { return }
  Wait-Until "the service $name runs" 600 { (Get-Service $name).Status -eq 'Running' }
}

function Wait-Until([string] $what, [int] $seconds, [scriptblock] $isSo) {
  $end = (Get-Date).AddSeconds($seconds)
  while (-not (& $isSo)) {
    if ((Get-Date) -gt $end) { throw "after $seconds s it is still not so that $what" }
    Write-Host "waiting until $what"
    Start-Sleep -Seconds 10
  }
}

try { Main } catch { Write-Host "the machine could not be generalized: $_"; exit 1 }
