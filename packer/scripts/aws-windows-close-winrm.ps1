# Shuts the door that aws-windows.userdata opened for Packer (port 5985, Basic, unencrypted), so that no machine of the image has it open.
#
# Packer is inside still, so this only leaves word: a task of the system waits until Packer has left, sets WinRM back to what Windows comes with,
# and takes itself away. The template waits for that before the machine is stopped; should it be stopped sooner all the same, the task runs when
# a machine of the image starts. Where the firewall rule is not, the user data was another, and what it wanted is left as it is.
$ErrorActionPreference = 'Stop'
$rule = 'Bakehouse WinRM'
$task = 'Bakehouse closes WinRM'
$secondsToLeave = 30

$close = @"
Start-Sleep -Seconds $secondsToLeave
netsh advfirewall firewall delete rule name='$rule'
Set-Item -Force -Path WSMan:\localhost\Service\AllowUnencrypted -Value `$false
Set-Item -Force -Path WSMan:\localhost\Service\Auth\Basic -Value `$false
Set-Item -Force -Path WSMan:\localhost\Service\Auth\CredSSP -Value `$false
Set-Item -Force -Path WSMan:\localhost\Client\AllowUnencrypted -Value `$false
Set-Item -Force -Path WSMan:\localhost\Client\TrustedHosts -Value ''
Unregister-ScheduledTask -TaskName '$task' -Confirm:`$false
"@

function Main {
  netsh advfirewall firewall show rule name="$rule" | Out-Null
  if ($LASTEXITCODE -ne 0) {
    Write-Host "WinRM is left as it is: there is no firewall rule '$rule'"
    return
  }
  $encoded = [Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes($close))
  $action = New-ScheduledTaskAction -Execute 'powershell.exe' -Argument "-NoProfile -NonInteractive -ExecutionPolicy Bypass -EncodedCommand $encoded"
  $trigger = New-ScheduledTaskTrigger -AtStartup
  Register-ScheduledTask -TaskName $task -User 'SYSTEM' -RunLevel Highest -Action $action -Trigger $trigger -Force | Out-Null
  Start-ScheduledTask -TaskName $task
  Write-Host "WinRM will be closed in $secondsToLeave s"
}

try { Main } catch { Write-Host "WinRM could not be closed: $_"; exit 1 }
